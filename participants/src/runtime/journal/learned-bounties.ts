import { DatabaseSync } from 'node:sqlite'
import type { JudgedCount } from '@polyswarm/protocol/polyscore'
import { JournalError } from '../../errors.js'
import { FindingHistory, type LearnedBounty } from './finding-history.js'

const MOST = 100_000

/**
 * Reads the settled bounties of a journal with all that can be learned from them, the newest first; nothing is written.
 *
 * @throws JournalError where there is no journal, or it is of an older version.
 */
export function readLearnedBounties(path: string): LearnedBounty[] {
  return readHistory(path, (book) => book.bounties(MOST))
}

/**
 * Reads from a journal how right each backend was; nothing is written.
 *
 * @throws JournalError where there is no journal, or it is of an older version.
 */
export function readFindingCounts(path: string): JudgedCount[] {
  return readHistory(path, (book) => book.counts())
}

function readHistory<Read>(path: string, read: (book: FindingHistory) => Read): Read {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    return read(new FindingHistory(db))
  } catch (error) {
    throw new JournalError({ path, reason: (error as Error).message, cause: error })
  } finally {
    db?.close()
  }
}
