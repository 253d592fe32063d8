import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchiveResult } from '@polyswarm/protocol/consumer'
import type { ConsumerClient } from '../client/consumer-client.js'
import { DownloadRefusedError } from '../errors.js'
import { keepDownload } from './keep-download.js'
import { archiveProblem } from './sample-archive.js'

/** An archive of the stream, in a file. */
export interface KeptArchive extends Pick<ArchiveResult, 'first' | 'last' | 'artifacts'> {
  path: string
  /** Whether it was there before. */
  known: boolean
}

/** Files of the largest archive that is kept. */
const MOST_FILES = 1_024

/**
 * Fetches an archive into a directory, under a name that says which artifacts it has. One that is there already is not fetched
 * again: with the same name there is the same in it.
 *
 * @throws DownloadRefusedError, OutputFileError.
 */
export async function downloadArchive(
  client: ConsumerClient,
  archive: ArchiveResult,
  { directory, force, maxBytes }: { directory: string; force: boolean; maxBytes: number },
): Promise<KeptArchive> {
  const { first, last, artifacts, size } = archive
  const subject = `artifacts-${first}-${last}`
  const path = join(directory, `${subject}.zip`)
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (isThere && !force) return { path, first, last, artifacts, known: true }
  if (size > maxBytes) throw new DownloadRefusedError({ subject, reason: `it is larger than ${maxBytes} bytes` })
  await keepDownload(await client.archive(archive, maxBytes), {
    ...{ path, subject, force, maxBytes },
    problem: (bytes, readAt) => archiveProblem(bytes, readAt, MOST_FILES),
  })
  return { path, first, last, artifacts, known: false }
}
