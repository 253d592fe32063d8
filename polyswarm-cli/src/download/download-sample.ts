import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { hashTypeOf } from '@polyswarm/protocol/consumer'
import type { ConsumerClient } from '../client/consumer-client.js'
import { DownloadRefusedError } from '../errors.js'
import type { Subject } from '../subject.js'
import { DurableFile } from './durable-file.js'
import { archiveProblem } from './sample-archive.js'

/** How a sample is fetched. */
export interface DownloadSettings {
  directory: string
  /** The bytes themselves instead of a zip with the password `infected`. */
  raw: boolean
  /** Whether a file of the same name is replaced. */
  force: boolean
  /** Bytes of the largest download. */
  maxBytes: number
}

/**
 * Fetches a sample into a directory, under the name of the hash or id that was asked for: no name comes from the service. Raw
 * bytes have to have the hash, and an archive has to be what it should be; what is not is not kept.
 *
 * @returns the path.
 * @throws DownloadRefusedError, OutputFileError.
 */
export async function downloadSample(
  client: ConsumerClient,
  subject: Subject,
  settings: DownloadSettings,
): Promise<string> {
  const { directory, raw, force, maxBytes } = settings
  const name = 'hash' in subject ? subject.hash.toLowerCase() : subject.id
  const path = join(directory, raw ? `${name}.sample` : `${name}.zip`)
  const answer = await client.download(subject, raw, maxBytes)
  const refuse = (reason: string): DownloadRefusedError => new DownloadRefusedError({ subject: name, reason })
  const file = await DurableFile.create(path, { replace: force }).catch((error) => {
    answer.body.destroy()
    throw error
  })
  try {
    const kind = 'hash' in subject ? hashTypeOf(subject.hash) : undefined
    const digest = createHash(kind ?? 'sha256')
    let size = 0
    const parts = (answer.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await parts.next().catch((error) => Promise.reject(answer.failed(error)))
      if (done) break
      size += value.length
      if (size > maxBytes) throw refuse(`it is larger than ${maxBytes} bytes`)
      digest.update(value)
      await file.write(value)
    }
    if (raw && kind && digest.digest('hex') !== name) throw refuse(`its ${kind} is another`)
    const problem = raw ? undefined : await archiveProblem(size, (position, length) => file.read(position, length))
    if (problem !== undefined) throw refuse(problem)
  } catch (error) {
    answer.body.destroy()
    await file.discard()
    throw error
  }
  await file.commit()
  return path
}
