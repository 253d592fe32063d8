import { randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { decryptKeystore, encryptKeystore, KeystoreError, parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { getAddress, isAddress } from 'viem/utils'
import { z } from 'zod'

/** No keystore is nearly as long; what is longer is not read. */
const MAX_KEYSTORE_BYTES = 64 * 1024

/**
 * Opens a V3 keystore file; see `decryptKeystore`.
 *
 * @returns the account that signs with the key in it.
 * @throws KeystoreError where the file is missing or malformed, or the password is wrong.
 */
export async function openKeystore(path: string, password: string): Promise<PrivateKeyAccount> {
  return privateKeyToAccount(await readPrivateKey(path, password))
}

/**
 * Reads the private key from a V3 keystore file.
 *
 * @returns 32 bytes in hex.
 * @throws KeystoreError where the file is missing or malformed, or the password is wrong.
 */
export async function readPrivateKey(path: string, password: string): Promise<Hex> {
  return decryptKeystore(path, await readKeystoreText(path), password)
}

/**
 * The account of a keystore file, as the file names it; no password is needed.
 *
 * @returns undefined where it does not say.
 * @throws KeystoreError where the file is missing or no JSON.
 */
export async function readAccount(path: string): Promise<Address | undefined> {
  const text = await readKeystoreText(path)
  try {
    const { address } = z.object({ address: z.string() }).parse(parseJson(text))
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
  /** The key to keep, 32 bytes in hex; a new one is drawn without it. */
  privateKey?: Hex
  /** scrypt's cost, a power of two from 1,024; 2^18 by default, as geth has it. Lower it for throw-away keys only. */
  cost?: number
}

/**
 * Writes a key to a new V3 keystore file that only its owner may read. The file is there as a whole or not at all.
 *
 * @returns the account's address.
 * @throws KeystoreError where the file exists already or cannot be written.
 */
export async function createKeystoreFile(options: CreateKeystoreOptions): Promise<Address> {
  const { path } = options
  return writeKeystore(options, async (partial) => {
    // A link, unlike a rename, never replaces a file.
    await link(partial, path)
    await rm(partial)
  })
}

/**
 * Writes a keystore file anew, with another password. Until the new one is on the disk and has been read back, the old one
 * stays as it is.
 *
 * @returns the account's address.
 * @throws KeystoreError where the old password is wrong, or the file cannot be written.
 */
export async function changeKeystorePassword(
  options: Omit<CreateKeystoreOptions, 'privateKey'> & { oldPassword: string },
): Promise<Address> {
  const { path, oldPassword } = options
  const privateKey = await readPrivateKey(path, oldPassword)
  return writeKeystore({ ...options, privateKey }, (partial) => rename(partial, path))
}

async function writeKeystore(
  { path, password, privateKey = generatePrivateKey(), cost = 2 ** 18 }: CreateKeystoreOptions,
  place: (partial: string) => Promise<void>,
): Promise<Address> {
  const { address } = privateKeyToAccount(privateKey)
  const keystore = {
    address: address.slice(2).toLowerCase(),
    ...(await encryptKeystore(privateKey, password, cost)),
  }
  const partial = `${path}.${randomUUID()}.partial`
  try {
    const file = await open(partial, 'wx', 0o600)
    try {
      await file.writeFile(`${stringifyJson(keystore)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    if ((await openKeystore(partial, password)).address !== address) throw new Error('it does not read back')
    await place(partial)
  } catch (error) {
    await rm(partial, { force: true })
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'EEXIST' ? 'it exists already, and is never overwritten' : message
    throw new KeystoreError({ path, reason, cause: error })
  }
  return address
}

async function readKeystoreText(path: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      if (size > MAX_KEYSTORE_BYTES) throw new Error('it is too large to be a keystore')
    } finally {
      await file.close()
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new KeystoreError({ path, reason: code === 'ENOENT' ? 'it does not exist' : message, cause: error })
  }
}
