import { DatabaseSync } from 'node:sqlite'
import { formatNct } from '@polyswarm/protocol'
import { JournalError } from '../errors.js'
import { type ArbiterAgreement, JudgementBook } from '../runtime/journal/judgement-book.js'

/** How an arbiter does, by its journal. Amounts in NCT. */
export interface ArbiterStatus {
  /** Newest block that it knew. */
  head: number
  staked: string
  /** Bounties with a vote, and those of them that it voted on, as the contract counted when it was last asked. */
  bounties: number
  responses: number
  /** Share of them, of which it must not have less than 0.9 once there are 10; null before the first. */
  responseRate: number | null
  /** Votes that are over and were compared with those of the others. */
  votes: number
  /** Artifacts on which most of the others said the same, and the opposite. */
  agreed: number
  disagreed: number
  agreement: number | null
  /** The same for each of the others, by address. */
  others: ArbiterAgreement[]
  /** Bounties without a vote because the truth was not known; artifacts on which the vote was a guess. */
  abstentions: number
  guesses: number
  /** Votes that were decided on and came too late. */
  missed: number
  /** Bounties on which it has not decided, and those of them that wait for a person, or for a source. */
  undecided: number
  waiting: number
  /** What settlements of compared votes paid. */
  earned: string
}

/**
 * Reads how an arbiter does from its journal, while it runs or afterwards; nothing is written.
 *
 * @throws JournalError where there is none, it is no arbiter's, or it is of an older version.
 */
export function readArbiterStatus(path: string): ArbiterStatus {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    const pins = db.prepare('SELECT key, value FROM pins').all()
    const pin = (key: string): string | undefined => pins.find((row) => row.key === key)?.value as string | undefined
    if (pin('role') !== 'arbiter') throw new Error(`it belongs to role ${pin('role')}, not arbiter`)
    return statusOf(db, Number(pin('head') ?? 0))
  } catch (cause) {
    throw new JournalError({ path, reason: (cause as Error).message, cause })
  } finally {
    db?.close()
  }
}

function statusOf(db: DatabaseSync, head: number): ArbiterStatus {
  const book = new JudgementBook(db)
  const [responses, bounties] = [Number(book.tally('responses')), Number(book.tally('bounties'))]
  const [agreed, disagreed] = [Number(book.tally('agreed')), Number(book.tally('disagreed'))]
  const open = db
    .prepare(`SELECT count(*) AS n, count(waits_until) AS waiting FROM bounties INDEXED BY open_bounties
      WHERE closed_head IS NULL AND decision IS NULL AND block IS NOT NULL`)
    .get()
  const missed = db
    .prepare(
      "SELECT count(*) AS n FROM duties INDEXED BY duties_by_miss WHERE missed_head IS NOT NULL AND kind = 'vote'",
    )
    .get()
  return {
    ...{ head, responses, bounties, agreed, disagreed },
    staked: formatNct(book.tally('stake')),
    responseRate: bounties === 0 ? null : responses / bounties,
    votes: Number(book.tally('votes')),
    agreement: agreed + disagreed === 0 ? null : agreed / (agreed + disagreed),
    others: book.agreements(),
    abstentions: Number(book.tally('abstentions')),
    guesses: Number(book.tally('guesses')),
    missed: Number(missed?.n),
    undecided: Number(open?.n),
    waiting: Number(open?.waiting),
    earned: formatNct(book.tally('earned')),
  }
}
