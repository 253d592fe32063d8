import type { DatabaseSync } from 'node:sqlite'
import { type Guid, type Verdict, verdictOfBit } from '@polyswarm/protocol'

/** What an arbiter knows of one artifact of a bounty. */
export interface Judgement {
  artifact: number
  /** SHA-256 of the content, lower-case hexadecimal. */
  sha256: string
  /** Undefined where no source knew. */
  truth: Verdict | undefined
  /** Which source knew; undefined where none did. */
  source: string | undefined
  /** Whether a source could not be asked, so that asking again can help. */
  pending: boolean
}

/** The judgements on a bounty, in the order of its artifacts. */
export interface JudgedBounty {
  judgements: Judgement[]
  /** Whether the filter that it was posted with is that of its artifacts. */
  validBloom: boolean
}

/** What the votes on a bounty came to, once all were cast. */
export interface VoteComparison {
  /** What the arbiters settled on, by artifact; undefined where nobody voted. */
  consensus: readonly Verdict[] | undefined
  /** Whether this arbiter voted. */
  voted: boolean
  /** Artifacts on which the majority of the others said the same as this arbiter, and on which it said the opposite. */
  agreed: number
  disagreed: number
  /** The same for each of the others that voted; none where this arbiter did not. */
  byArbiter: readonly ArbiterAgreement[]
  /** What the settlement paid, in base units. */
  earned: bigint
}

/** On how many artifacts another arbiter said the same, and the opposite. */
export interface ArbiterAgreement {
  arbiter: string
  agreed: number
  disagreed: number
}

/** Sums over all that an arbiter did, and what was last heard of it. Amounts in base units. */
export type Tally =
  | 'votes'
  | 'abstentions'
  | 'guesses'
  | 'agreed'
  | 'disagreed'
  | 'earned'
  | 'responses'
  | 'bounties'
  | 'stake'
  | `${'agreed' | 'disagreed'}:${string}`

/** Files that are remembered with what was settled on them; the ones that were seen longest ago are forgotten. */
const MOST_SETTLED = 1_000_000

type Row = Record<string, string | number | null>

/** What an arbiter made of artifacts, what was settled on them, and how it does. To be written within journal transactions. */
export class JudgementBook {
  readonly #db: DatabaseSync
  readonly #mostSettled: number

  /** @param mostSettled files that are remembered with what was settled on them; a million by default. */
  constructor(db: DatabaseSync, mostSettled = MOST_SETTLED) {
    this.#db = db
    this.#mostSettled = mostSettled
  }

  /** What is known of a bounty's artifacts; undefined where they were not judged yet. */
  of(guid: Guid): JudgedBounty | undefined {
    const bounty = this.#db.prepare('SELECT valid_bloom FROM judged_bounties WHERE guid = ?').get(guid)
    if (!bounty) return undefined
    const rows = this.#db.prepare('SELECT * FROM judgements WHERE guid = ? ORDER BY artifact').all(guid) as Row[]
    return { judgements: rows.map(judgementOf), validBloom: bounty.valid_bloom === 1 }
  }

  /**
   * Writes down what was found out about a bounty's artifacts, in the place of what was known of them before.
   *
   * @param compareFrom the first block at which its votes can be compared.
   */
  put(guid: Guid, { judgements, validBloom }: JudgedBounty, compareFrom: number): void {
    this.#db
      .prepare(`INSERT INTO judged_bounties (guid, valid_bloom, compare_from) VALUES (?, ?, ?)
        ON CONFLICT (guid) DO UPDATE SET valid_bloom = excluded.valid_bloom, compare_from = excluded.compare_from`)
      .run(guid, validBloom ? 1 : 0, compareFrom)
    this.correct(guid, judgements)
  }

  /** Writes down what was learned about some artifacts of a bounty. */
  correct(guid: Guid, judgements: readonly Judgement[]): void {
    const insert = this.#db.prepare('INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?, ?, ?)')
    for (const { artifact, sha256, truth, source, pending } of judgements) {
      const bit = truth === undefined ? null : truth === 'malicious' ? 1 : 0
      insert.run(guid, artifact, sha256, bit, source ?? null, pending ? 1 : 0)
    }
  }

  /** Bounties whose votes can be compared, at most so many. */
  toCompare(head: number, limit: number): Guid[] {
    const rows = this.#db.prepare(`SELECT guid FROM judged_bounties INDEXED BY bounties_to_compare
      WHERE compared = 0 AND compare_from <= ? ORDER BY compare_from LIMIT ?`)
    return rows.all(head, limit).map(({ guid }) => guid as Guid)
  }

  /** Puts a comparison off. */
  compareLater(guid: Guid, from: number): void {
    this.#db.prepare('UPDATE judged_bounties SET compare_from = ? WHERE guid = ?').run(from, guid)
  }

  /** Writes down what a comparison came to; without one, that there will be none. */
  compared(guid: Guid, comparison: VoteComparison | undefined, head: number): void {
    const done = this.#db.prepare('UPDATE judged_bounties SET compared = 1 WHERE guid = ? AND compared = 0').run(guid)
    if (done.changes === 0 || !comparison) return
    const { consensus, voted, agreed, disagreed, byArbiter, earned } = comparison
    if (voted) this.add({ votes: 1n, agreed: BigInt(agreed), disagreed: BigInt(disagreed), earned })
    for (const { arbiter, ...other } of byArbiter) {
      this.add({ [`agreed:${arbiter}`]: BigInt(other.agreed), [`disagreed:${arbiter}`]: BigInt(other.disagreed) })
    }
    if (!consensus) return
    for (const { artifact, sha256 } of this.of(guid)?.judgements ?? []) {
      const verdict = consensus[artifact]
      if (verdict !== undefined) this.#settle(sha256, verdict, head)
    }
  }

  /** What the arbiters settled on about a file; undefined where that is nothing, or one thing and then another. */
  settled(sha256: string): Verdict | undefined {
    const row = this.#db.prepare('SELECT malicious, benign FROM settled_truths WHERE sha256 = ?').get(sha256)
    if (!row || (row.malicious !== 0 && row.benign !== 0)) return undefined
    return verdictOfBit(row.malicious !== 0)
  }

  /** Adds to tallies. */
  add(amounts: Partial<Record<Tally, bigint>>): void {
    for (const [name, amount = 0n] of Object.entries(amounts)) this.set({ [name]: this.tally(name as Tally) + amount })
  }

  /** Sets tallies. */
  set(values: Partial<Record<Tally, bigint>>): void {
    const write = this.#db.prepare('INSERT OR REPLACE INTO tallies VALUES (?, ?)')
    for (const [name, value = 0n] of Object.entries(values)) write.run(name, value.toString())
  }

  /** How often each of the other arbiters agreed: those that a market ever had, of whom it has 255 at most at a time. */
  agreements(): ArbiterAgreement[] {
    const rows = this.#db.prepare("SELECT name FROM tallies WHERE name GLOB 'agreed:*' ORDER BY name").all()
    return rows.map(({ name }) => {
      const arbiter = String(name).slice('agreed:'.length)
      return {
        arbiter,
        agreed: Number(this.tally(`agreed:${arbiter}`)),
        disagreed: Number(this.tally(`disagreed:${arbiter}`)),
      }
    })
  }

  /** One of the tallies; 0 where nothing was added. */
  tally(name: Tally): bigint {
    return BigInt((this.#db.prepare('SELECT value FROM tallies WHERE name = ?').get(name)?.value as string) ?? 0)
  }

  #settle(sha256: string, verdict: Verdict, head: number): void {
    const [malicious, benign] = verdict === 'malicious' ? [1, 0] : [0, 1]
    this.#db
      .prepare(`INSERT INTO settled_truths VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE
        SET malicious = malicious + excluded.malicious, benign = benign + excluded.benign, head = excluded.head`)
      .run(sha256, malicious, benign, head)
    const known = this.#db.prepare("SELECT value FROM counters WHERE name = 'settled-truths'").get()
    const tooMany = Number(known?.value) - this.#mostSettled
    if (tooMany <= 0) return
    this.#db
      .prepare(`DELETE FROM settled_truths WHERE sha256 IN
        (SELECT sha256 FROM settled_truths INDEXED BY settled_truths_by_head ORDER BY head LIMIT ?)`)
      .run(tooMany)
  }
}

function judgementOf(row: Row): Judgement {
  return {
    artifact: Number(row.artifact),
    sha256: String(row.sha256),
    truth: row.truth === null ? undefined : verdictOfBit(row.truth === 1),
    source: (row.source as string | null) ?? undefined,
    pending: row.pending === 1,
  }
}
