import { readFile } from 'node:fs/promises'
import * as Mnemonic from 'ox/Mnemonic'
import type { Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { InvalidOptionError } from '../errors.js'
import { readPrivateKey } from '../runtime/keys/keystore.js'

/** Where a key comes from that gets a keystore file; one of them is given. */
export interface KeySources {
  /** A file that holds the key itself, 64 hexadecimal digits. */
  privateKeyFile?: string | undefined
  /** A file that holds the words of a mnemonic (BIP-39), with blanks between them. */
  mnemonicFile?: string | undefined
  /** Which key of the mnemonic (BIP-44), such as `m/44'/60'/0'/0/0`. */
  path: string
  /** Another keystore file, with its password. */
  keystore?: { file: string; password: () => Promise<string> } | undefined
  /** What was typed: a key or a mnemonic. */
  typed?: (() => Promise<string>) | undefined
}

/**
 * The private key that one of the sources holds.
 *
 * @returns 32 bytes in hex.
 * @throws InvalidOptionError where there is none, or it is no key; KeystoreError for a keystore that cannot be opened.
 */
export async function importedKey({ privateKeyFile, mnemonicFile, keystore, typed, path }: KeySources): Promise<Hex> {
  if (keystore) return readPrivateKey(keystore.file, await keystore.password())
  if (privateKeyFile !== undefined)
    return keyOf('--private-key-file', await textOf('--private-key-file', privateKeyFile))
  if (mnemonicFile !== undefined) {
    return keyOfMnemonic('--mnemonic-file', await textOf('--mnemonic-file', mnemonicFile), path)
  }
  const text = (await typed?.())?.trim()
  if (text === undefined) {
    const reason =
      'there is no key: give --private-key-file, --mnemonic-file or --keystore, or a terminal to type it at'
    throw new InvalidOptionError({ option: 'import', reason })
  }
  return /\s/.test(text) ? keyOfMnemonic('import', text, path) : keyOf('import', text)
}

async function textOf(option: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new InvalidOptionError({ option, reason: error.message })
  })
  return text.trim()
}

/** What is wrong is never repeated: it may be nearly right. */
function keyOf(option: string, text: string): Hex {
  const [, digits] = /^(?:0x)?([0-9a-f]{64})$/i.exec(text) ?? []
  try {
    const key: Hex = `0x${(digits ?? '').toLowerCase()}`
    privateKeyToAccount(key)
    return key
  } catch {
    throw new InvalidOptionError({ option, reason: 'it holds no private key, which has 64 hexadecimal digits' })
  }
}

function keyOfMnemonic(option: string, text: string, path: string): Hex {
  if (!/^m\/44'\/60'(\/\d{1,9}'?){1,5}$/.test(path)) {
    throw new InvalidOptionError({ option: '--path', reason: "give a path such as m/44'/60'/0'/0/0" })
  }
  const words = text.toLowerCase().split(/\s+/).join(' ')
  if (!Mnemonic.validate(words, Mnemonic.english)) {
    const reason =
      'it holds no mnemonic: 12 to 24 words of the English list of BIP-39, the last of which checks the others'
    throw new InvalidOptionError({ option, reason })
  }
  return Mnemonic.toPrivateKey(words, { as: 'Hex', path })
}
