import type { DatabaseSync } from 'node:sqlite'
import { type Guid, parseJson, stringifyJson } from '@polyswarm/protocol'
import type { ArtifactReport, JudgedArtifact } from '@polyswarm/protocol/polyscore'

/** What became of one artifact that an ambassador asked about. */
export interface Answer {
  guid: Guid
  artifact: number
  judged: JudgedArtifact
  report: ArtifactReport
}

type Row = Record<string, string | number | null>

/** The answers in an ambassador's journal. */
export class AnswerBook {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Bounties that are over, or were given up, and whose answers are still to be taken down. */
  due(limit: number): { guid: Guid; posted: boolean }[] {
    const rows =
      this.#db.prepare(`SELECT guid, posted_block IS NOT NULL AS posted FROM orders INDEXED BY orders_to_answer
      WHERE over = 1 AND answered = 0 ORDER BY batch, rowid LIMIT ?`)
    return (rows.all(limit) as Row[]).map(({ guid, posted }) => ({ guid: guid as Guid, posted: posted === 1 }))
  }

  /** Takes the answers of a bounty down; none where nothing can be read. */
  add(guid: Guid, answers: readonly Answer[]): void {
    const insert = this.#db.prepare(
      'INSERT OR REPLACE INTO answers (guid, artifact, judged, report) VALUES (?, ?, ?, ?)',
    )
    for (const { artifact, judged, report } of answers) {
      insert.run(guid, artifact, stringifyJson(judged), stringifyJson(report))
    }
    this.#db.prepare('UPDATE orders SET answered = 1 WHERE guid = ?').run(guid)
  }

  /** The newest answers, the newest first. */
  newest(limit: number): Answer[] {
    const rows = this.#db.prepare('SELECT * FROM answers ORDER BY rowid DESC LIMIT ?')
    return (rows.all(limit) as Row[]).map(answerOf)
  }

  /** Those of one bounty. */
  of(guid: Guid): Answer[] {
    const rows = this.#db.prepare('SELECT * FROM answers WHERE guid = ? ORDER BY artifact')
    return (rows.all(guid) as Row[]).map(answerOf)
  }
}

function answerOf({ guid, artifact, judged, report }: Row): Answer {
  const { judgements, ...rest } = parseJson(String(judged)) as JudgedArtifact
  const { cost, engines, ...told } = parseJson(String(report)) as ArtifactReport
  return {
    guid: guid as Guid,
    artifact: Number(artifact),
    // The reader of JSON makes small integers numbers.
    judged: {
      ...rest,
      judgements: judgements.map(({ bid, ...one }) => ({ ...one, ...(bid !== undefined && { bid: BigInt(bid) }) })),
    },
    report: {
      ...told,
      engines: engines.map((engine) => ({ ...engine, bid: engine.bid === null ? null : BigInt(engine.bid) })),
      cost: cost && { reward: BigInt(cost.reward), fee: BigInt(cost.fee), refund: BigInt(cost.refund) },
    },
  }
}
