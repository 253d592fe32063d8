import * as Keystore from 'ox/Keystore'
import type { Hex } from 'viem'
import { z } from 'zod'
import { KeystoreError } from './errors.js'
import { parseJson } from './json.js'

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
const crypto = z.discriminatedUnion('kdf', [
  z.object({
    ...body,
    kdf: z.literal('scrypt'),
    kdfparams: z.object({
      dklen: z.number().int().min(32).max(64),
      n: z
        .number()
        .int()
        .min(2)
        .max(2 ** 20),
      p: z.number().int().min(1).max(16),
      r: z.number().int().min(1).max(16),
      salt: hexDigits,
    }),
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
  z.object({ version: z.literal(3), crypto }),
  z.object({ version: z.literal(3), Crypto: crypto }).transform(({ version, Crypto }) => ({ version, crypto: Crypto })),
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
  let keystore: Keystore.Keystore
  try {
    keystore = keystoreFile.parse(parseJson(text)) as unknown as Keystore.Keystore
  } catch (cause) {
    throw new KeystoreError({ path, reason: 'it is no V3 keystore', cause })
  }
  try {
    return Keystore.decrypt(keystore, await Keystore.toKeyAsync(keystore, { password })) as Hex
  } catch {
    throw new KeystoreError({ path, reason: 'the password is wrong' })
  }
}
