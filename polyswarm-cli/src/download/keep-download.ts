import type { Answer } from '../client/http-exchange.js'
import { DownloadRefusedError } from '../errors.js'
import { DurableFile } from './durable-file.js'
import type { ReadAt } from './sample-archive.js'

/** How a download is kept. */
export interface KeptDownload {
  path: string
  /** What errors call it. */
  subject: string
  /** Whether a file of the same name is replaced. */
  force: boolean
  /** Bytes of the largest download. */
  maxBytes: number
  /** Sees the bytes as they come. */
  seen?: (bytes: Buffer) => void
  /** What is wrong with it, once all of it is there; undefined where nothing is. */
  problem: (size: number, readAt: ReadAt) => Promise<string | undefined>
}

/** Writes a download into a file, which is there once it is whole and nothing is wrong. @throws DownloadRefusedError, OutputFileError. */
export async function keepDownload(answer: Answer, kept: KeptDownload): Promise<void> {
  const { path, subject, force, maxBytes, seen, problem } = kept
  const refuse = (reason: string): DownloadRefusedError => new DownloadRefusedError({ subject, reason })
  const file = await DurableFile.create(path, { replace: force }).catch((error) => {
    answer.body.destroy()
    throw error
  })
  try {
    let size = 0
    const parts = (answer.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await parts.next().catch((error) => Promise.reject(answer.failed(error)))
      if (done) break
      size += value.length
      if (size > maxBytes) throw refuse(`it is larger than ${maxBytes} bytes`)
      seen?.(value)
      await file.write(value)
    }
    const found = await problem(size, (position, length) => file.read(position, length))
    if (found !== undefined) throw refuse(found)
  } catch (error) {
    answer.body.destroy()
    await file.discard()
    throw error
  }
  await file.commit()
}
