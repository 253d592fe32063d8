import { parseJson, stringifyJson } from '@polyswarm/protocol/json'

/** What goes between a participant and its examiner: a small JSON value, and bytes. */
export interface Frame {
  header: unknown
  body: Uint8Array
}

/** Bytes in front of a frame: the lengths of its header and its body, 32 bits each, little-endian. */
export const PREFIX = 8
/** Largest header, in bytes. */
const MAX_HEADER = 64 * 1024

/** Prefix and header of a frame; the body goes behind them as it is. */
export function frameHead(header: unknown, bodyLength: number): Buffer {
  const text = Buffer.from(stringifyJson(header))
  const prefix = Buffer.alloc(PREFIX)
  prefix.writeUInt32LE(text.length, 0)
  prefix.writeUInt32LE(bodyLength, 4)
  return Buffer.concat([prefix, text])
}

/** Puts frames together from the pieces in which they arrive. Each byte is copied once. */
export class FrameReader {
  readonly #frames: Generator<Frame | undefined, never, Buffer>

  /** @param largest bytes that a body may have. */
  constructor(largest: number) {
    this.#frames = framesOf(largest)
    this.#frames.next()
  }

  /**
   * Takes in what arrived.
   *
   * @returns the frames that are whole with it.
   * @throws RangeError for a frame that is larger than it may be, SyntaxError for a header that is not JSON.
   */
  push(piece: Buffer): Frame[] {
    const whole: Frame[] = []
    for (let { value } = this.#frames.next(piece); value; { value } = this.#frames.next(Buffer.alloc(0)))
      whole.push(value)
    return whole
  }
}

/** Is handed pieces, and hands out each frame; undefined where it needs another piece. */
function* framesOf(largest: number): Generator<Frame | undefined, never, Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  function* take(length: number): Generator<undefined, Buffer, Buffer> {
    const part = Buffer.allocUnsafeSlow(length)
    for (let filled = 0; filled < length; ) {
      const count = rest.copy(part, filled)
      rest = rest.subarray(count)
      filled += count
      if (filled < length) rest = yield
    }
    return part
  }
  for (;;) {
    const prefix = yield* take(PREFIX)
    const [headerLength, bodyLength] = [prefix.readUInt32LE(0), prefix.readUInt32LE(4)]
    if (headerLength > MAX_HEADER || bodyLength > largest) throw new RangeError('a frame is too large')
    const header: unknown = parseJson((yield* take(headerLength)).toString())
    // What is handed in with the next call is empty, and what is left of this piece stays.
    yield { header, body: yield* take(bodyLength) }
  }
}
