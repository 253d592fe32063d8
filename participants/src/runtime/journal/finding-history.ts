import type { DatabaseSync } from 'node:sqlite'
import { type ArtifactMask, bidOn, type Guid, hasBit, isCorrect, parseJson, stringifyJson } from '@polyswarm/protocol'
import type { JudgedCount } from '@polyswarm/protocol/polyscore'
import type { Address } from 'viem'

/** What one backend, or with the empty name the engine as a whole, said of an artifact. */
export interface RecordedFinding {
  artifact: number
  backend: string
  outcome: string
  confidence: number
  /** That the artifact is malicious, 0 to 1, where the engine gives it a number. */
  probability: number | null
  family: string | null
  fileType: string
}

/** Another engine's assertion on a bounty that is over. */
export interface RivalAssertion {
  author: Address
  mask: ArtifactMask
  bids: readonly bigint[]
  verdicts: ArtifactMask | null
}

/** What rivals bid on one artifact, in base units. */
export interface RivalBids {
  right: bigint
  wrong: bigint
}

/** A bounty that is over, as far as an engine can learn from it. */
export interface LearnedBounty {
  guid: Guid
  amount: bigint
  numArtifacts: number
  bountyFee: bigint
  assertionFee: bigint
  truth: ArtifactMask
  rivals: RivalAssertion[]
  /** The engine's own answers. */
  findings: RecordedFinding[]
}

type Row = Record<string, string | number | null>

/** What an engine can learn from: its findings, the truth once the arbiters have spoken, and the bids of its rivals. */
export class FindingHistory {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Writes down what was said of the artifacts of a bounty. */
  record(guid: Guid, findings: readonly RecordedFinding[]): void {
    const insert = this.#db.prepare(`INSERT INTO findings
      (guid, artifact, backend, outcome, confidence, probability, family, file_type) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`)
    for (const { artifact, backend, outcome, confidence, probability, family, fileType } of findings) {
      insert.run(guid, artifact, backend, outcome, confidence, probability, family, fileType)
    }
  }

  /** Bounties that are over and that nothing was learned from yet, the newest first. */
  unlearned(limit: number): Guid[] {
    const rows = this.#db.prepare(`SELECT guid FROM bounties WHERE scanned = 1 AND learned_head IS NULL
      AND closed_head IS NOT NULL AND (quorum_block IS NOT NULL OR settled_block IS NOT NULL)
      ORDER BY expiration DESC LIMIT ?`)
    return rows.all(limit).map(({ guid }) => guid as Guid)
  }

  /** Writes down what the arbiters said, null where nobody voted, and what rivals had asserted. */
  learn(guid: Guid, head: number, truth: ArtifactMask | null, rivals: readonly RivalAssertion[]): void {
    this.#db
      .prepare('UPDATE bounties SET learned_head = ?, truth = ? WHERE guid = ?')
      .run(head, truth?.toString() ?? null, guid)
    const insert = this.#db.prepare(
      'INSERT OR REPLACE INTO rivals (guid, author, mask, bids, verdicts) VALUES (?, ?, ?, ?, ?)',
    )
    for (const { author, mask, bids, verdicts } of rivals) {
      insert.run(guid, author, mask.toString(), stringifyJson(bids.map(String)), verdicts?.toString() ?? null)
    }
    if (truth === null) return
    const update = this.#db.prepare('UPDATE findings SET truth = ? WHERE guid = ? AND artifact = ?')
    const artifacts = this.#db.prepare('SELECT DISTINCT artifact FROM findings WHERE guid = ?').all(guid)
    for (const { artifact } of artifacts) update.run(hasBit(truth, Number(artifact)) ? 1 : 0, guid, Number(artifact))
  }

  /** How right each backend was, by type of file. */
  counts(): JudgedCount[] {
    const rows = this.#db.prepare(`SELECT backend, file_type, outcome, truth, count AS n FROM finding_counts
      WHERE outcome IN ('malicious', 'benign') AND count > 0`)
    return (rows.all() as Row[]).map((row) => ({
      judge: String(row.backend),
      fileType: String(row.file_type),
      said: row.outcome as 'malicious' | 'benign',
      malicious: row.truth === 1,
      count: Number(row.n),
    }))
  }

  /** What rivals bid on the artifacts of the newest bounties that are over. */
  rivalBids(limit: number): RivalBids[] {
    return this.bounties(limit).flatMap(({ numArtifacts, rivals, truth }) =>
      Array.from({ length: numArtifacts }, (_, artifact) => {
        const sum = (correct: boolean): bigint =>
          rivals.reduce(
            (all, rival) => (isCorrect(rival, artifact, truth) === correct ? all + bidOn(rival, artifact) : all),
            0n,
          )
        return { right: sum(true), wrong: sum(false) }
      }),
    )
  }

  /** The bounties that can be learned from, the newest first. */
  bounties(limit: number): LearnedBounty[] {
    const rows = this.#db.prepare(`SELECT * FROM bounties WHERE truth IS NOT NULL AND num_artifacts IS NOT NULL
      ORDER BY expiration DESC, guid LIMIT ?`)
    return (rows.all(limit) as Row[]).map((row) => ({
      guid: row.guid as Guid,
      amount: BigInt(row.amount ?? 0),
      numArtifacts: Number(row.num_artifacts),
      bountyFee: BigInt(row.bounty_fee ?? 0),
      assertionFee: BigInt(row.assertion_fee ?? 0),
      truth: BigInt(row.truth ?? 0),
      rivals: this.#rivals(String(row.guid)),
      findings: this.#findings(String(row.guid)),
    }))
  }

  #rivals(guid: string): RivalAssertion[] {
    const rows = this.#db.prepare('SELECT * FROM rivals WHERE guid = ? ORDER BY author').all(guid) as Row[]
    return rows.map((row) => ({
      author: row.author as Address,
      mask: BigInt(row.mask ?? 0),
      bids: (parseJson(String(row.bids)) as string[]).map(BigInt),
      verdicts: row.verdicts === null ? null : BigInt(row.verdicts ?? 0),
    }))
  }

  #findings(guid: string): RecordedFinding[] {
    const rows = this.#db.prepare("SELECT * FROM findings WHERE guid = ? AND backend = '' ORDER BY artifact").all(guid)
    return (rows as Row[]).map((row) => ({
      artifact: Number(row.artifact),
      backend: '',
      outcome: String(row.outcome),
      confidence: Number(row.confidence),
      probability: row.probability as number | null,
      family: row.family as string | null,
      fileType: String(row.file_type),
    }))
  }
}
