import type { Keystore } from 'ox/Keystore'
import { bytesToHex, concat, type Hex, hexToBytes, keccak256 } from 'viem'
import { z } from 'zod'
import { KeystoreError } from './errors.js'
import { parseJson } from './json.js'
import {
  MAX_SCRYPT_BYTES,
  runtimeDecrypt,
  runtimeScrypt,
  type ScryptParameters,
  scryptBytes,
} from './runtime-crypto.js'

const hexDigits = z
  .string()
  .regex(/^(0x)?([0-9a-f]{2})+$/i)
  .transform((text) => text.replace(/^0x/, ''))

const body = {
  cipher: z.literal('aes-128-ctr'),
  ciphertext: hexDigits,
  cipherparams: z.object({ iv: hexDigits }),
  mac: hexDigits,
}

/** The limits keep a prepared file from taking all memory or all day. */
const lock = z.discriminatedUnion('kdf', [
  z.object({
    ...body,
    kdf: z.literal('scrypt'),
    kdfparams: z
      .object({
        dklen: z.number().int().min(32).max(64),
        n: z
          .number()
          .int()
          .min(2)
          .max(2 ** 20),
        p: z.number().int().min(1).max(16),
        r: z.number().int().min(1).max(16),
        salt: hexDigits,
      })
      .refine((params) => scryptBytes(params) <= MAX_SCRYPT_BYTES),
  }),
  z.object({
    ...body,
    kdf: z.literal('pbkdf2'),
    kdfparams: z.object({
      dklen: z.number().int().min(32).max(64),
      prf: z.literal('hmac-sha256'),
      c: z.number().int().min(1).max(10_000_000),
      salt: hexDigits,
    }),
  }),
])

/** Old programs spell it Crypto. */
const keystoreFile = z.union([
  z.object({ version: z.literal(3), crypto: lock }),
  z.object({ version: z.literal(3), Crypto: lock }).transform(({ version, Crypto }) => ({ version, crypto: Crypto })),
])

/**
 * Reads the private key from a V3 keystore, as geth, Foundry and the original's programs write them (Web3 Secret Storage
 * Definition, version 3).
 *
 * @param path names the file in errors; nothing is read from it.
 * @param text the file's content.
 * @returns 32 bytes in hex.
 * @throws KeystoreError where the text is no such keystore, or the password is wrong.
 */
export async function decryptKeystore(path: string, text: string, password: string): Promise<Hex> {
  let keystore: z.infer<typeof keystoreFile>
  try {
    keystore = keystoreFile.parse(parseJson(text))
  } catch (cause) {
    throw new KeystoreError({ path, reason: 'it is no V3 keystore', cause })
  }
  try {
    return (await openByRuntime(keystore.crypto, password)) ?? (await openAnywhere(keystore, password))
  } catch {
    throw new KeystoreError({ path, reason: 'the password is wrong' })
  }
}

/** @returns undefined where the runtime has not all that is needed. @throws Error for a wrong password. */
async function openByRuntime(
  { kdf, kdfparams, ciphertext, cipherparams, mac }: z.infer<typeof lock>,
  password: string,
): Promise<Hex | undefined> {
  const derived = kdf === 'scrypt' ? await runtimeScrypt(password, kdfparams) : undefined
  if (!derived) return undefined
  const [key, locked] = [hexToBytes(derived), hexToBytes(`0x${ciphertext}`)]
  if (keccak256(concat([key.subarray(16), locked])) !== `0x${mac.toLowerCase()}`) throw new Error('another key')
  return runtimeDecrypt(key.subarray(0, 16), hexToBytes(`0x${cipherparams.iv}`), locked)
}

/** By a library that brings all of it, loaded where the runtime does not. */
async function openAnywhere(keystore: z.infer<typeof keystoreFile>, password: string): Promise<Hex> {
  const { decrypt, toKeyAsync } = await import('ox/Keystore')
  // What is checked is all that is used of it.
  const known = keystore as unknown as Keystore
  return decrypt(known, await toKeyAsync(known, { password })) as Hex
}

/**
 * Locks a private key with a password, as a V3 keystore.
 *
 * @param privateKey 32 bytes in hex.
 * @param cost scrypt's cost, a power of two from 1,024; geth's other parameters go with it, for 1 kB of memory each.
 * @returns what `decryptKeystore` opens, once it is written as JSON.
 */
export async function encryptKeystore(privateKey: Hex, password: string, cost: number): Promise<Keystore> {
  const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(32))).slice(2)
  const parameters: ScryptParameters = { n: cost, r: 8, p: 1, salt }
  const kdfparams = { dklen: 32, ...parameters }
  const iv = crypto.getRandomValues(new Uint8Array(16))
  const key = runtimeScrypt(password, parameters) ?? portableScrypt(password, parameters)
  const { encrypt } = await import('ox/Keystore')
  return encrypt(privateKey, await key, { kdf: 'scrypt', kdfparams, iv })
}

async function portableScrypt(password: string, { salt, ...cost }: ScryptParameters): Promise<Hex> {
  const { scryptAsync } = await import('ox/Keystore')
  const [key] = await scryptAsync({ password, salt: hexToBytes(`0x${salt}`), ...cost })
  return typeof key === 'function' ? key() : key
}
