import { DatabaseSync } from 'node:sqlite'
import type { Guid } from '@polyswarm/protocol'
import { JournalError } from '../../errors.js'
import type { Decision } from './decision.js'
import { isOutOfTime } from './out-of-time.js'

/** What a participant decided to do about a bounty, and why. */
export interface JournalDecision {
  /** Null while it has not decided. */
  decision: Decision | null
  /** Empty while it has not decided. */
  reason: string
  /** Whether it left the bounty out for want of time. */
  wasOutOfTime: boolean
}

/**
 * Reads from a journal what was decided on some bounties, while its participant runs or afterwards; nothing is written.
 *
 * @returns the decisions by guid; bounties that the journal does not know are left out.
 * @throws JournalError where there is no journal, or it cannot be read.
 */
export function readDecisions(path: string, guids: readonly Guid[]): Map<Guid, JournalDecision> {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    const question = db.prepare('SELECT decision, reason FROM bounties WHERE guid = ?')
    return new Map(
      guids.flatMap((guid) => {
        const row = question.get(guid) as { decision: Decision | null; reason: string | null } | undefined
        if (!row) return []
        const reason = row.reason ?? ''
        return [[guid, { decision: row.decision, reason, wasOutOfTime: isOutOfTime(reason) }] as const]
      }),
    )
  } catch (error) {
    throw new JournalError({ path, reason: (error as Error).message, cause: error })
  } finally {
    db?.close()
  }
}
