import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ArtifactBook, StoredArtifact } from '../store/artifact-book.js'

/** Artifacts of one archive: those whose ids are the same but for the last bits. However often it is listed, it is the same. */
const IN_ARCHIVE = 64

/** Archives, oldest first, as far as one look went. */
export interface ArchiveList {
  archives: StoredArtifact[][]
  /** The id of an artifact from which the next look goes on; undefined where there is no more. */
  next: number | undefined
}

/**
 * Looks through so many archives, in the order in which their artifacts were stored. Those in which there is nothing that the
 * account can see are left out.
 *
 * @param from id of the artifact with which to begin.
 */
export async function archivesFrom(
  artifacts: ArtifactBook,
  { from, account, limit }: { from: number; account: number; limit: number },
): Promise<ArchiveList> {
  const archives: StoredArtifact[][] = []
  let next = await artifacts.next(from - 1)
  for (let looked = 0; looked < limit && next !== undefined; looked++) {
    const last = next - (next % IN_ARCHIVE) + IN_ARCHIVE - 1
    const found = await artifacts.visibleFrom(next, last, account)
    if (found.length > 0) archives.push(found)
    next = await artifacts.next(last)
    // Others ask meanwhile.
    await nextTurn()
  }
  return { archives, next }
}
