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
 * Inflates a member of a ZIP archive. Its bytes count while they stream, so that what is damaged at its end costs what it
 * took; what came before the damage is returned.
 *
 * @throws LimitReached as soon as the budget is spent.
 */
export async function inflate(packed: Buffer, budget: ArchiveBudget): Promise<Inflated> {
  budget.read(packed.length)
  const stream = createInflateRaw({ chunkSize: CHUNK })
  const chunks: Buffer[] = []
  const result = (damaged: boolean): Inflated => ({
    content: Buffer.concat(chunks),
    consumed: stream.bytesWritten,
    damaged,
  })
  try {
    stream.end(packed)
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
