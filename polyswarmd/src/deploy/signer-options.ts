import { readFileSync } from 'node:fs'
import { decryptKeystore, KeystoreError } from '@polyswarm/protocol'
import { type Command, Option } from 'commander'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { SettingError } from '../errors.js'

/** The flags that name who signs. */
export interface SignerFlags {
  keyfile: string
  password?: string
  passwordFile?: string
}

/** Adds them. */
export function addSignerOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--keyfile <file>', 'keystore of the account that signs').env('KEYFILE').makeOptionMandatory(),
    )
    .addOption(new Option('--password <text>', 'password of the keyfile').env('PASSWORD'))
    .addOption(new Option('--password-file <file>', 'file with the password').env('PASSWORD_FILE'))
}

/**
 * The account that signs.
 *
 * @throws KeystoreError for a keyfile that cannot be opened; SettingError where there is no password.
 */
export async function signerOf(flags: SignerFlags): Promise<PrivateKeyAccount> {
  const password = passwordOf(flags)
  const { keyfile: path } = flags
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new KeystoreError({ path, reason: (cause as Error).message, cause })
  }
  return privateKeyToAccount(await decryptKeystore(path, text, password))
}

function passwordOf({ password, passwordFile }: SignerFlags): string {
  if (password !== undefined) return password
  if (passwordFile === undefined) {
    throw new SettingError({ setting: '--password-file', reason: 'is missing: give it, or --password' })
  }
  try {
    return readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new SettingError({ setting: '--password-file', reason: `cannot be read (${(error as Error).message})` })
  }
}
