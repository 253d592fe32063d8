import { DatabaseSync } from 'node:sqlite'
import { bidOn, formatNct, hasBit, parseJson } from '@polyswarm/protocol'
import { JournalError } from '../../errors.js'

/** What became of a verdict. */
type VerdictState = 'pending' | 'revealed' | 'won' | 'lost' | 'settled' | 'missed' | 'abstained' | 'undecided'

/** One verdict on one artifact, or a bounty on which there is none. */
export interface JournalLine {
  guid: string
  /** Index of the artifact; empty where the bounty as a whole is meant. */
  artifact: string
  verdict: string
  /** NCT. */
  bid: string
  /** What the arbiters said, where they have. */
  truth: string
  state: VerdictState
  /** NCT that the bounty paid, bids included; on its first line only. */
  payout: string
  /** Why nothing was asserted, or what a backend made of it. */
  reason: string
}

/** A journal in sum. Amounts in NCT. */
export interface JournalSummary {
  bounties: number
  asserted: number
  revealed: number
  settled: number
  won: number
  lost: number
  pending: number
  abstained: number
  missed: number
  bid: string
  paid: string
}

type Row = Record<string, string | number | null>

/**
 * Reads a journal, while its participant runs or afterwards; nothing is written.
 *
 * @throws JournalError where there is none, or it cannot be read.
 */
export function readJournal(path: string): { lines: JournalLine[]; summary: JournalSummary } {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    const rows = db
      .prepare(`SELECT b.*, a.verdicts, a.mask, a.bids, a.position, a.revealed_block, a.guid AS asserted,
          (SELECT group_concat(kind || ': ' || coalesce(reason, ''), '; ') FROM duties d
            WHERE d.guid = b.guid AND d.missed_head IS NOT NULL) AS missed
        FROM bounties b LEFT JOIN assertions a USING (guid) ORDER BY b.expiration, b.guid`)
      .all() as Row[]
    const lines = rows.flatMap(linesOf)
    return { lines, summary: summaryOf(rows, lines) }
  } catch (error) {
    throw new JournalError({ path, reason: (error as Error).message, cause: error })
  } finally {
    db?.close()
  }
}

function linesOf(row: Row): JournalLine[] {
  const guid = String(row.guid)
  const payout = row.payout === null ? '' : formatNct(BigInt(row.payout ?? 0))
  const reason = String(row.missed ?? row.reason ?? '')
  if (row.asserted === null) {
    const state = row.decision === null ? 'undecided' : row.missed === null ? 'abstained' : 'missed'
    return [{ guid, artifact: '', verdict: '', bid: '', truth: '', state, payout, reason }]
  }
  const mask = BigInt(row.mask ?? 0)
  const verdicts = BigInt(row.verdicts ?? 0)
  const truth = row.truth === null || row.truth === undefined ? null : BigInt(row.truth)
  const bids = (parseJson(String(row.bids)) as string[]).map(BigInt)
  const artifacts = Array.from({ length: 256 }, (_, index) => index).filter((index) => hasBit(mask, index))
  return artifacts.map((artifact, place) => ({
    guid,
    artifact: String(artifact),
    verdict: word(hasBit(verdicts, artifact)),
    bid: formatNct(bidOn({ mask, bids }, artifact)),
    truth: truth === null ? '' : word(hasBit(truth, artifact)),
    state: stateOf(row, truth === null ? null : hasBit(truth, artifact) === hasBit(verdicts, artifact)),
    payout: place === 0 ? payout : '',
    reason: place === 0 ? reason : '',
  }))
}

/** Without a reveal the bid is lost, whatever the verdict was. */
function stateOf(row: Row, right: boolean | null): VerdictState {
  if (row.missed !== null) return 'missed'
  if (row.settled_block !== null) {
    if (row.revealed_block === null) return 'lost'
    return right === null ? 'settled' : right ? 'won' : 'lost'
  }
  return row.revealed_block === null ? 'pending' : 'revealed'
}

function summaryOf(rows: readonly Row[], lines: readonly JournalLine[]): JournalSummary {
  const count = (...states: VerdictState[]): number => lines.filter(({ state }) => states.includes(state)).length
  const asserted = rows.filter((row) => row.asserted !== null)
  const bids = asserted.flatMap((row) => parseJson(String(row.bids)) as string[])
  return {
    bounties: rows.length,
    asserted: asserted.length,
    revealed: asserted.filter((row) => row.revealed_block !== null).length,
    settled: asserted.filter((row) => row.settled_block !== null).length,
    won: count('won'),
    lost: count('lost'),
    pending: count('pending', 'revealed'),
    abstained: count('abstained'),
    missed: count('missed'),
    bid: formatNct(bids.reduce((sum, bid) => sum + BigInt(bid), 0n)),
    paid: formatNct(rows.reduce((sum, row) => sum + BigInt(row.payout ?? 0), 0n)),
  }
}

function word(malicious: boolean): string {
  return malicious ? 'malicious' : 'benign'
}
