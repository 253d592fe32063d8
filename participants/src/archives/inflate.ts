import { pipeline } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { type ArchiveBudget, LimitReached } from './archive-budget.js'

const CHUNK = 256 * 1024

/** What comes of inflating. */
export interface Inflated {
  content: Buffer
  /** Packed bytes that were needed. */
  consumed: number
  /** Whether it ended before its end. */
  damaged: boolean
}

/**
 * Inflates what was packed with deflate, such as a member of a ZIP or gzip archive. Its bytes count while they stream, so that
 * what is damaged at its end costs what it took; what came before the damage is returned.
 *
 * @param packed may have other bytes behind its end, which are not read much further.
 * @throws LimitReached as soon as the budget is spent.
 */
export async function inflate(packed: Buffer, budget: ArchiveBudget): Promise<Inflated> {
  const stream = createInflateRaw({ chunkSize: Math.min(CHUNK, Math.max(64, 4 * packed.length)) })
  const chunks: Buffer[] = []
  const result = (damaged: boolean): Inflated => ({
    content: Buffer.concat(chunks),
    consumed: stream.bytesWritten,
    damaged,
  })
  try {
    // An error is thrown by the stream that is read.
    pipeline(pieces(packed, budget), stream, () => undefined)
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      budget.spend(chunk.length)
      chunks.push(chunk)
    }
    return result(false)
  } catch (error) {
    if (error instanceof LimitReached) throw error
    return result(true)
  } finally {
    stream.destroy()
  }
}

function* pieces(packed: Buffer, budget: ArchiveBudget): Generator<Buffer> {
  for (let at = 0; at < packed.length; at += CHUNK) {
    const piece = packed.subarray(at, at + CHUNK)
    budget.read(piece.length)
    yield piece
  }
}
