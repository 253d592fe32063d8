import type { Transform } from 'node:stream'
import { createGunzip, createInflateRaw } from 'node:zlib'
import { type ArchiveBudget, LimitReached } from './archive-budget.js'

const CHUNK = 256 * 1024

/**
 * Inflates a member. Its bytes count while they stream, so that what is damaged at its end costs what it took.
 *
 * @returns undefined where it is damaged or cut off.
 * @throws LimitReached as soon as the budget is spent.
 */
export async function inflate(
  packed: Buffer,
  format: 'gzip' | 'deflate',
  budget: ArchiveBudget,
): Promise<Buffer | undefined> {
  budget.read(packed.length)
  const options = { chunkSize: CHUNK }
  const stream: Transform = format === 'gzip' ? createGunzip(options) : createInflateRaw(options)
  const chunks: Buffer[] = []
  try {
    stream.end(packed)
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      budget.spend(chunk.length)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof LimitReached) throw error
    return undefined
  } finally {
    stream.destroy()
  }
}
