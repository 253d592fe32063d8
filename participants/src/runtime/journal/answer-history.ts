import { DatabaseSync } from 'node:sqlite'
import { formatNct, type Guid, parseJson } from '@polyswarm/protocol'
import { type ArtifactReport, scoreMeaning } from '@polyswarm/protocol/polyscore'
import { JournalError } from '../../errors.js'

/** What an ambassador's journal says of one artifact. Texts as they are shown; empty where something is not known. */
export interface HistoryLine {
  guid: Guid
  artifact: string
  /** `waiting`, `posted`, `settled` or `given up`. */
  state: string
  name: string
  sha256: string
  /** Probability that it is malicious, and the ends of its interval. */
  polyscore: string
  low: string
  high: string
  meaning: string
  family: string
  truth: string
  /** Verdicts that say malicious, and all there are. */
  malicious: string
  verdicts: string
  /** NCT, less what came back. */
  cost: string
}

type Row = Record<string, string | number | null>

/**
 * Reads an ambassador's bounties from its journal, the newest first, while it runs or afterwards; nothing is written, and no
 * more than one line is held.
 *
 * @throws JournalError where there is none, or it is of an older version.
 */
export function* readHistory(path: string, limit: number): Generator<HistoryLine> {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    const rows = db.prepare(`SELECT o.guid, o.over, o.posted_block, a.artifact, a.report,
        EXISTS (SELECT 1 FROM duties d WHERE d.guid = o.guid AND d.kind = 'post' AND d.missed_head IS NOT NULL) AS missed
      FROM orders o LEFT JOIN answers a USING (guid) ORDER BY o.rowid DESC, a.artifact LIMIT ?`)
    for (const row of rows.iterate(limit)) yield lineOf(row as Row)
  } catch (error) {
    throw new JournalError({ path, reason: (error as Error).message, cause: error })
  } finally {
    db?.close()
  }
}

function lineOf({ guid, over, posted_block: block, artifact, report, missed }: Row): HistoryLine {
  const state = missed === 1 ? 'given up' : over === 1 ? 'settled' : block === null ? 'waiting' : 'posted'
  const told = report === null ? undefined : (parseJson(String(report)) as ArtifactReport)
  const score = told?.score
  const given = told?.engines.filter(({ verdict }) => verdict !== null) ?? []
  const cost = told?.cost
  return {
    guid: guid as Guid,
    artifact: artifact === null ? '' : String(artifact),
    state,
    name: told?.name ?? '',
    sha256: told?.sha256 ?? '',
    polyscore: score?.probability.toFixed(4) ?? '',
    low: score?.interval[0].toFixed(4) ?? '',
    high: score?.interval[1].toFixed(4) ?? '',
    meaning: score ? scoreMeaning(score) : '',
    family: told?.family.name ?? '',
    truth: told?.truth ?? '',
    malicious: told ? String(given.filter(({ verdict }) => verdict === 'malicious').length) : '',
    verdicts: told ? String(given.length) : '',
    cost: cost ? costOf(BigInt(cost.reward) + BigInt(cost.fee) - BigInt(cost.refund)) : '',
  }
}

function costOf(units: bigint): string {
  return units < 0n ? `-${formatNct(-units as never)}` : formatNct(units as never)
}
