/**
 * Shannon entropy of a content in bits per byte, 0 to 8: about 4 to 5 for text, 6 for machine code, near 8 for what is
 * compressed or encrypted.
 *
 * @example
 * ```ts
 * import { entropyOf } from '@polyswarm/participants'
 * entropyOf(Uint8Array.of(1, 2, 3, 4)) // => 2
 * ```
 */
export function entropyOf(content: Uint8Array): number {
  if (content.length === 0) return 0
  const counts = new Uint32Array(256)
  for (let at = 0; at < content.length; at++) {
    const byte = content[at] ?? 0
    counts[byte] = (counts[byte] ?? 0) + 1
  }
  let bits = 0
  for (const count of counts) {
    if (count === 0) continue
    const share = count / content.length
    bits -= share * Math.log2(share)
  }
  return bits
}
