import { bytesToHex, type Hex, hexToBytes } from 'viem'

/** The most memory that scrypt may take, in bytes: four times what the keystores of geth and this project need. */
export const MAX_SCRYPT_BYTES = 2 ** 30

/** Room for what scrypt takes beside its large table, in bytes. */
const BESIDE_BYTES = 2 ** 20

/** How a key is made of a password. */
export interface ScryptParameters {
  n: number
  r: number
  p: number
  /** In hex, without 0x. */
  salt: string
}

/** How much memory scrypt's table takes, in bytes. */
export function scryptBytes({ n, r }: Pick<ScryptParameters, 'n' | 'r'>): number {
  return 128 * n * r
}

/** What Node offers, as far as it is used here. */
interface NodeCrypto {
  scrypt(
    password: string,
    salt: Uint8Array,
    length: number,
    options: { N: number; r: number; p: number; maxmem: number },
    done: (error: Error | null, key: Uint8Array) => void,
  ): void
  createDecipheriv(cipher: string, key: Uint8Array, iv: Uint8Array): { update(data: Uint8Array): Uint8Array }
}

const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined } }
const crypto = process?.getBuiltinModule?.('node:crypto')

/**
 * Makes a key of a password with the scrypt that the runtime brings: beside everything else, and in a sixth of the time that
 * JavaScript takes.
 *
 * @returns 32 bytes; undefined in a browser, and for what OpenSSL refuses: RFC 7914 wants n to be less than 2^(16 r), and
 * not every program that writes keystores heeds that.
 */
export function runtimeScrypt(password: string, { n, r, p, salt }: ScryptParameters): Promise<Hex> | undefined {
  if (!crypto || n >= 2 ** (16 * r)) return undefined
  const options = { N: n, r, p, maxmem: MAX_SCRYPT_BYTES + BESIDE_BYTES }
  return new Promise((resolve, reject) => {
    crypto.scrypt(password, hexToBytes(`0x${salt}`), 32, options, (error, key) => {
      if (error) reject(error)
      else resolve(bytesToHex(key))
    })
  })
}

/**
 * Undoes AES-128 in counter mode with the cipher that the runtime brings. One in JavaScript keeps 0.7 MB of tables for as long
 * as its program runs.
 *
 * @returns as many bytes as were given; undefined in a browser.
 */
export function runtimeDecrypt(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Hex | undefined {
  return crypto && bytesToHex(crypto.createDecipheriv('aes-128-ctr', key, iv).update(ciphertext))
}
