import { AnswerTooLargeError, ContentArchiveError } from '../errors.js'

const NOTHING = Buffer.alloc(0)

/**
 * The bytes of an archive as they come, for the decoder of `@ipld/car`. It holds one piece of what came and one block,
 * however small the pieces are and whatever lengths the archive claims.
 */
export class ArchiveBytes {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #uri: string
  readonly #limit: number
  #piece: Uint8Array = NOTHING
  #offset = 0
  #received = 0
  /** Bytes that were taken. */
  pos = 0
  /** Bytes that are given at once, at most. */
  largest: number
  /** What the source failed with. */
  failure: unknown

  /** @param limit bytes that are read at most. */
  constructor(source: AsyncIterable<Uint8Array>, uri: string, limit: number, largest: number) {
    this.largest = largest
    this.#source = source[Symbol.asyncIterator]()
    this.#uri = uri
    this.#limit = limit
  }

  /** The next bytes, fewer than `length` only where the archive ends before; they are not taken. */
  async upTo(length: number): Promise<Uint8Array> {
    while (this.#left < length) {
      const piece = await this.#next()
      if (!piece) break
      this.#piece = this.#left === 0 ? piece : Buffer.concat([this.#piece.subarray(this.#offset), piece])
      this.#offset = 0
    }
    return this.#piece.subarray(this.#offset, this.#offset + length)
  }

  /** The next `length` bytes, taken where `seek` says so. */
  async exactly(length: number, seek = false): Promise<Uint8Array> {
    if (length < 0 || length > this.largest) throw this.#refused(`it has a part of ${length} bytes`)
    if (!seek || this.#left >= length) {
      const bytes = this.#left >= length ? this.#take(length, seek) : await this.upTo(length)
      if (bytes.length < length) throw this.#refused('it ends in the middle')
      return bytes
    }
    const bytes = Buffer.allocUnsafeSlow(length)
    for (let filled = 0; filled < length; ) {
      if (this.#left === 0) {
        const piece = await this.#next()
        if (!piece) throw this.#refused('it ends in the middle')
        this.#piece = piece
        this.#offset = 0
      }
      const part = this.#take(Math.min(this.#left, length - filled), true)
      bytes.set(part, filled)
      filled += part.length
    }
    return bytes
  }

  seek(length: number): void {
    this.pos += length
    this.#offset += length
  }

  /** Ends the source. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }

  get #left(): number {
    return this.#piece.length - this.#offset
  }

  #take(length: number, seek: boolean): Uint8Array {
    const bytes = this.#piece.subarray(this.#offset, this.#offset + length)
    if (seek) this.seek(length)
    return bytes
  }

  async #next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#source.next().catch((error) => {
      this.failure = error
      throw error
    })
    if (done) return undefined
    this.#received += value.length
    if (this.#received > this.#limit)
      throw new AnswerTooLargeError({ route: `/artifacts/${this.#uri}`, limit: this.#limit })
    return value
  }

  #refused(reason: string): ContentArchiveError {
    return new ContentArchiveError({ uri: this.#uri, reason })
  }
}
