import { readFile, writeFile } from 'node:fs/promises'
import { decryptKeystore, KeystoreError, parseJson, stringifyJson } from '@polyswarm/protocol'
import * as Keystore from 'ox/Keystore'
import { type Address, getAddress, isAddress } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'

/**
 * Opens a V3 keystore file; see `decryptKeystore`.
 *
 * @returns the account that signs with the key in it.
 * @throws KeystoreError where the file is missing or malformed, or the password is wrong.
 */
export async function openKeystore(path: string, password: string): Promise<PrivateKeyAccount> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new KeystoreError({ path, reason: error.code === 'ENOENT' ? 'it does not exist' : error.message })
  })
  return privateKeyToAccount(await decryptKeystore(path, text, password))
}

/**
 * The account of a keystore file, as the file names it; no password is needed.
 *
 * @returns undefined where it does not say.
 * @throws KeystoreError where the file is missing or no JSON.
 */
export async function readAccount(path: string): Promise<Address | undefined> {
  try {
    const { address } = z.object({ address: z.string() }).parse(parseJson(await readFile(path, 'utf8')))
    const prefixed = address.startsWith('0x') ? address : `0x${address}`
    return isAddress(prefixed) ? getAddress(prefixed) : undefined
  } catch (error) {
    if (error instanceof z.ZodError) return undefined
    throw new KeystoreError({ path, reason: (error as Error).message })
  }
}

/** Where a keystore goes, and how hard its password is to guess. */
export interface CreateKeystoreOptions {
  path: string
  password: string
  /** scrypt's cost, a power of two from 1,024; 2^18 by default, as geth has it. Lower it for throw-away keys only. */
  cost?: number
}

/**
 * Draws a new key and writes it to a V3 keystore file that only its owner may read.
 *
 * @returns the new account's address.
 * @throws KeystoreError where the file exists already or cannot be written.
 */
export async function createKeystoreFile({ path, password, cost = 2 ** 18 }: CreateKeystoreOptions): Promise<Address> {
  const privateKey = generatePrivateKey()
  const [key, options] = await Keystore.scryptAsync({ password, n: cost })
  const account = privateKeyToAccount(privateKey)
  const keystore = { address: account.address.slice(2).toLowerCase(), ...Keystore.encrypt(privateKey, key, options) }
  await writeFile(path, `${stringifyJson(keystore)}\n`, { mode: 0o600, flag: 'wx' }).catch((error: Error) => {
    throw new KeystoreError({ path, reason: error.message })
  })
  return account.address
}
