import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { hashTypeOf } from '@polyswarm/protocol/consumer'
import type { ConsumerClient } from '../client/consumer-client.js'
import type { Subject } from '../subject.js'
import { keepDownload } from './keep-download.js'
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
  const kind = 'hash' in subject ? hashTypeOf(subject.hash) : undefined
  const digest = createHash(kind ?? 'sha256')
  await keepDownload(await client.download(subject, raw, maxBytes), {
    ...{ path, subject: name, force, maxBytes },
    seen: (bytes) => digest.update(bytes),
    problem: async (size, readAt) => {
      if (!raw) return archiveProblem(size, readAt)
      return kind && digest.digest('hex') !== name ? `its ${kind} is another` : undefined
    },
  })
  return path
}
