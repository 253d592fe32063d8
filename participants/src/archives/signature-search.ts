/** Bytes to look for. */
export interface Signature {
  signature: Buffer
  /** Where in a file the signature is. */
  at: number
}

/** A signature, and where in it are the two bytes by which it was noticed. */
interface Notice {
  index: number
  offset: number
}

/** Whether the processor keeps the lower byte of a number first. */
const IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * Looks for many signatures at once. A content is read in pairs of bytes, each byte once: wherever a signature is, one of
 * two pairs of its bytes stands at an even place. What costs more is only done where such a pair is found.
 */
export class SignatureSearch {
  readonly #signatures: readonly Signature[]
  /** By pair of bytes: 0, or one more than the place in `#noticed` of what it can be a part of. */
  readonly #pairs = new Uint8Array(0x10000)
  readonly #noticed: Notice[][] = []

  /** @param signatures of at least three bytes each. */
  constructor(signatures: readonly Signature[]) {
    this.#signatures = signatures
    for (const [index, { signature }] of signatures.entries()) {
      if (signature.length < 3) throw new RangeError('A signature has at least three bytes.')
      const offset = rarestPart(signature)
      // What begins one byte before is told of first.
      this.#notice({ index, offset: offset + 1 })
      this.#notice({ index, offset })
    }
  }

  /**
   * Tells of all places where a signature is, those of one signature in order and none of them overlapping.
   *
   * @param found is given the place of the signature in the list and that of the file that would begin there, which is not
   * below 0; it returns whether to go on with this signature.
   */
  search(content: Buffer, found: (index: number, start: number) => boolean): void {
    /** Where the search for each signature goes on. */
    const from = this.#signatures.map(({ at }) => at)
    const notice = (pair: number, place: number): void => {
      for (const { index, offset } of this.#noticed[pair - 1] ?? []) {
        const { signature, at } = this.#signatures[index] as Signature
        const start = place - offset
        if (start < (from[index] ?? 0) || !isAt(content, signature, start)) continue
        from[index] = found(index, start - at) ? start + signature.length : Number.POSITIVE_INFINITY
      }
    }
    const skipped = content.byteOffset % 2
    const pairs = new Uint16Array(
      content.buffer,
      content.byteOffset + skipped,
      Math.max(0, content.length - skipped) >> 1,
    )
    const table = this.#pairs
    for (let at = 0; at < pairs.length; at++) {
      const pair = table[pairs[at] as number] as number
      if (pair !== 0) notice(pair, 2 * at + skipped)
    }
  }

  #notice(notice: Notice): void {
    const { signature } = this.#signatures[notice.index] as Signature
    const [first, second] = [signature[notice.offset] as number, signature[notice.offset + 1] as number]
    const pair = IS_LITTLE ? first | (second << 8) : (first << 8) | second
    const known = this.#pairs[pair] as number
    if (known > 0) this.#noticed[known - 1]?.push(notice)
    else this.#pairs[pair] = this.#noticed.push([notice])
  }
}

/** Where the three bytes of a signature are that are least likely to stand in a file for another reason. */
function rarestPart(signature: Buffer): number {
  const parts = [...signature.subarray(2).keys()]
  const frequency = (at: number): number => [at, at + 1].filter((pair) => isUsual(signature, pair)).length
  return parts.reduce((best, at) => (frequency(at) < frequency(best) ? at : best))
}

/** Whether a pair of bytes is one of letters and digits, or of those that fill gaps. */
function isUsual(signature: Buffer, pair: number): boolean {
  return /^(?:[A-Za-z0-9 <>]{2}|[\0\xff]{2})$/.test(signature.toString('latin1', pair, pair + 2))
}

function isAt(content: Buffer, signature: Buffer, start: number): boolean {
  if (start + signature.length > content.length) return false
  for (let at = 0; at < signature.length; at++) if (content[start + at] !== signature[at]) return false
  return true
}
