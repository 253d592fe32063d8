/** Base58 in Bitcoin's alphabet and under 100 characters. */
export const CONTENT_ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{1,99}$/

/**
 * Whether a text can be the content address of an artifact or of a metadata document: base58 in Bitcoin's alphabet and
 * under 100 characters, which is all that the original asked of it. A CIDv0 (`Qm…`) is one.
 *
 * @example
 * ```ts
 * import { isContentAddress } from '@polyswarm/protocol'
 * isContentAddress('http://169.254.169.254/') // => false
 * ```
 */
export function isContentAddress(text: string): boolean {
  return CONTENT_ADDRESS.test(text)
}
