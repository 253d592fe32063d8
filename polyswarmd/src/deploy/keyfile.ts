import { createDecipheriv, pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { scrypt } from '@noble/hashes/scrypt.js'
import { bytesToHex, hexToBytes, keccak256, type LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { KeyfileError } from '../errors.js'

const hex = z
  .string()
  .regex(/^(0x)?([0-9a-f]{2})+$/i)
  .transform((text) => hexToBytes(`0x${text.replace(/^0x/, '')}`))

/** Work factors beyond these would keep the machine busy for minutes: nobody's keyfile, somebody's attack. */
const crypto = z.object({
  cipher: z.literal('aes-128-ctr'),
  cipherparams: z.object({ iv: hex }),
  ciphertext: hex,
  mac: hex,
  kdf: z.enum(['scrypt', 'pbkdf2']),
  kdfparams: z.object({
    dklen: z.literal(32),
    salt: hex,
    n: z
      .number()
      .int()
      .min(2)
      .max(2 ** 20)
      .optional(),
    r: z.number().int().min(1).max(16).optional(),
    p: z.number().int().min(1).max(16).optional(),
    c: z.number().int().min(1).max(10_000_000).optional(),
    prf: z.literal('hmac-sha256').optional(),
  }),
})

const keyfileSchema = z
  .looseObject({ version: z.literal(3), crypto: crypto.optional(), Crypto: crypto.optional() })
  .transform((file) => file.crypto ?? file.Crypto)

/**
 * Opens a V3 keystore file, as geth and the original's programs write them.
 *
 * @throws KeyfileError where it cannot be read or the password is wrong.
 */
export function openKeyfile(file: string, password: string): LocalAccount {
  let parsed: z.infer<typeof keyfileSchema>
  try {
    parsed = keyfileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new KeyfileError({ file, reason: 'it is no readable keystore file of version 3', cause })
  }
  if (!parsed) throw new KeyfileError({ file, reason: 'it holds no key' })
  const key = derivedKey(parsed.kdf, parsed.kdfparams, password)
  const { ciphertext, mac, cipherparams } = parsed
  const expected = keccak256(Buffer.concat([key.subarray(16), ciphertext]), 'bytes')
  if (!Buffer.from(expected).equals(mac)) throw new KeyfileError({ file, reason: 'the password is wrong' })
  const decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), cipherparams.iv)
  return privateKeyToAccount(bytesToHex(Buffer.concat([decipher.update(ciphertext), decipher.final()])))
}

function derivedKey(kdf: 'scrypt' | 'pbkdf2', params: z.infer<typeof crypto>['kdfparams'], password: string): Buffer {
  const { salt, n = 262_144, r = 8, p = 1, c = 262_144 } = params
  if (kdf === 'pbkdf2') return pbkdf2Sync(password, salt, c, 32, 'sha256')
  // Python's programs write r = 1 with n = 2^18, which OpenSSL, and with it node:crypto, refuses.
  return Buffer.from(scrypt(password, salt, { N: n, r, p, dkLen: 32, maxmem: 256 * n * r + 1024 * 1024 }))
}
