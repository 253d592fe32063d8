import type { DatabaseSync } from 'node:sqlite'
import {
  type ArtifactMask,
  type ArtifactType,
  type BountyTerms,
  type Guid,
  parseJson,
  stringifyJson,
} from '@polyswarm/protocol'
import type { Address } from 'viem'
import { type BountyStanding, readStandings } from './bounty-standing.js'
import type { Terms } from './bounty-terms.js'
import type { Decision } from './decision.js'

/** A bounty's terms as polyswarmd words them, in base units. */
export type ToldTerms = Omit<BountyTerms, 'bounty_fee' | 'assertion_fee'> & {
  bounty_fee: bigint
  assertion_fee: bigint
}

/** A bounty as its event announced it. */
export interface BountyAnnouncement {
  guid: Guid
  block: number
  author: Address
  artifactType: ArtifactType
  amount: bigint
  uri: string
  expiration: number
  metadata: unknown
}

/** A bounty as the journal knows it. */
export interface BountyRecord extends Omit<BountyAnnouncement, 'block'> {
  /** Null while the block that it was posted in is no longer part of the chain. */
  block: number | null
  terms: Terms | null
  quorum: boolean
  /** What this participant decided to do about it; null until it has. */
  decision: Decision | null
  settled: boolean
}

/** An assertion of this participant, with the secret that its reveal needs. */
export interface AssertionRecord {
  guid: Guid
  nonce: bigint
  verdicts: ArtifactMask
  mask: ArtifactMask
  bids: bigint[]
  /** The assertion fee that goes with it. */
  fee: bigint
  /** The metadata document, as JSON. */
  metadata: string
  /** The text of the reveal that the commitment is bound to; null where an earlier version committed, which bound none. */
  revealMetadata: string | null
  commitment: bigint
  /** Index within the bounty, null until the chain has it. */
  position: number | null
  revealed: boolean
}

/** A vote of this participant. */
export interface VoteRecord {
  guid: Guid
  votes: ArtifactMask
  validBloom: boolean
  cast: boolean
}

type Row = Record<string, string | number | null>

const MINUTE = 60_000

/** A day: what is asked of the bids of the past is asked of the last hours. */
const MINUTES_KEPT = 1_440

/** The bounties in a journal, and this participant's assertions and votes on them. */
export class BountyBook {
  readonly #db: DatabaseSync
  /** What was asked last, while nothing has changed it: it is asked for each bounty that waits to be decided on. */
  #revealDelay: { from: number; head: number; blocks: number } | undefined

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /**
   * Takes a bounty down; one that is known already only gets its block and expiration anew.
   *
   * @param metadata its metadata as JSON.
   */
  announce(bounty: BountyAnnouncement, metadata: string = stringifyJson(bounty.metadata ?? null)): void {
    this.#revealDelay = undefined
    this.#db
      .prepare(`INSERT INTO bounties (guid, block, author, artifact_type, amount, uri, expiration, metadata)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (guid) DO UPDATE SET block = excluded.block, expiration = excluded.expiration`)
      .run(
        bounty.guid,
        bounty.block,
        bounty.author,
        bounty.artifactType,
        bounty.amount.toString(),
        bounty.uri,
        bounty.expiration,
        metadata,
      )
  }

  /** Writes a bounty's terms down. */
  setTerms(guid: Guid, terms: ToldTerms): void {
    this.#db
      .prepare(`UPDATE bounties SET num_artifacts = ?, bounty_fee = ?, assertion_fee = ?, reveal_window = ?,
        vote_window = ? WHERE guid = ?`)
      .run(
        terms.num_artifacts,
        terms.bounty_fee.toString(),
        terms.assertion_fee.toString(),
        terms.assertion_reveal_window,
        terms.arbiter_vote_window,
        guid,
      )
  }

  /** One bounty; undefined where the journal does not know it. */
  get(guid: Guid): BountyRecord | undefined {
    const row = this.#db.prepare('SELECT * FROM bounties WHERE guid = ?').get(guid) as Row | undefined
    return row && bountyOf(row)
  }

  /**
   * Bounties on which something may still have to be done, the one that expires first first, or one of them, by what is looked
   * at on every block: a hundred take a millisecond. One whose block was replaced is left out until it is posted again, unless
   * this participant is in it already.
   */
  standings(guid?: Guid): BountyStanding[] {
    return readStandings(this.#db, guid)
  }

  /** Assertions that are to be revealed from a block in this range on, and are not yet. */
  unrevealed(from: number, to: number): number {
    const row = this.#db
      .prepare(`SELECT count(*) AS n FROM bounties CROSS JOIN assertions USING (guid)
        WHERE closed_head IS NULL AND revealed_block IS NULL AND expiration BETWEEN ? AND ?`)
      .get(from, to)
    return Number(row?.n)
  }

  /**
   * The most blocks after its bounty's expiration in which an assertion was revealed, or has been waiting by block `head`; of
   * bounties that expired from block `from` on, and on which something is left to do. 0 says nothing.
   */
  revealDelay(from: number, head: number): number {
    if (this.#revealDelay?.from === from && this.#revealDelay.head === head) return this.#revealDelay.blocks
    const row = this.#db
      .prepare(`SELECT max(coalesce(revealed_block, ?2) - expiration) AS n FROM bounties CROSS JOIN assertions USING (guid)
        WHERE closed_head IS NULL AND expiration BETWEEN ?1 AND ?2`)
      .get(from, head)
    this.#revealDelay = { from, head, blocks: Math.max(Number(row?.n ?? 0), 0) }
    return this.#revealDelay.blocks
  }

  /** Writes down what is done about a bounty, and why. */
  decide(guid: Guid, decision: Decision, reason: string): void {
    this.#db.prepare('UPDATE bounties SET decision = ?, reason = ? WHERE guid = ?').run(decision, reason, guid)
  }

  /** A decision on a bounty waits, until this block at most; null where it does not any more. */
  wait(guid: Guid, until: number | null): void {
    this.#db.prepare('UPDATE bounties SET waits_until = ? WHERE guid = ?').run(until, guid)
  }

  /** Nothing more is to be done on a bounty, as far as is known at block `head`. */
  close(guid: Guid, head: number): void {
    this.#revealDelay = undefined
    this.#db.prepare('UPDATE bounties SET closed_head = ? WHERE guid = ?').run(head, guid)
  }

  /** Something is to be done after all. */
  reopen(guid: Guid): void {
    this.#revealDelay = undefined
    this.#db.prepare('UPDATE bounties SET closed_head = NULL WHERE guid = ?').run(guid)
  }

  /** The arbiters agreed in `block`. */
  setQuorum(guid: Guid, block: number): void {
    this.#db.prepare('UPDATE bounties SET quorum_block = coalesce(quorum_block, ?) WHERE guid = ?').run(block, guid)
  }

  /** This participant settled in `block`; the payout is null where only the transaction's success is known. */
  setSettled(guid: Guid, block: number, payout: bigint | null): void {
    this.#db
      .prepare(
        'UPDATE bounties SET settled_block = coalesce(settled_block, ?), payout = coalesce(?, payout) WHERE guid = ?',
      )
      .run(block, payout?.toString() ?? null, guid)
  }

  /** What this participant was paid when it settled a bounty, in base units; undefined where no event has told it. */
  payout(guid: Guid): bigint | undefined {
    const row = this.#db.prepare('SELECT payout FROM bounties WHERE guid = ?').get(guid) as Row | undefined
    return typeof row?.payout === 'string' ? BigInt(row.payout) : undefined
  }

  /**
   * Writes an assertion down, once: a second one on the same bounty is an error of the caller.
   *
   * @param now milliseconds since 1970.
   */
  plan(assertion: Omit<AssertionRecord, 'position' | 'revealed'>, now: number = Date.now()): void {
    const { guid, nonce, verdicts, mask, bids, fee, metadata, revealMetadata, commitment } = assertion
    const sum = bids.reduce((all, bid) => all + bid, 0n)
    this.#addToMinute(Math.floor(now / MINUTE), sum)
    this.#db
      .prepare(`INSERT INTO assertions
        (guid, nonce, verdicts, mask, bids, fee, metadata, reveal_metadata, commitment, planned_at, bid_sum)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        guid,
        nonce.toString(),
        verdicts.toString(),
        mask.toString(),
        stringifyJson(bids.map(String)),
        fee.toString(),
        metadata,
        revealMetadata,
        commitment.toString(),
        now,
        sum.toString(),
      )
  }

  #addToMinute(minute: number, sum: bigint): void {
    const known = this.#db.prepare('SELECT sum FROM bids_by_minute WHERE minute = ?').get(minute)
    this.#db
      .prepare('INSERT OR REPLACE INTO bids_by_minute (minute, sum) VALUES (?, ?)')
      .run(minute, (BigInt((known?.sum as string | undefined) ?? 0) + sum).toString())
    this.#db.prepare('DELETE FROM bids_by_minute WHERE minute < ?').run(minute - MINUTES_KEPT)
  }

  /** This participant's assertion on a bounty. */
  assertion(guid: Guid): AssertionRecord | undefined {
    const row = this.#db.prepare('SELECT * FROM assertions WHERE guid = ?').get(guid) as Row | undefined
    return row && assertionOf(row)
  }

  /** What is promised in bids and fees of assertions that the chain had not taken by a block, in base units. */
  promised(block = Number.MAX_SAFE_INTEGER): bigint {
    const rows = this.#db.prepare(`SELECT a.bid_sum, a.fee FROM bounties b CROSS JOIN assertions a USING (guid)
      WHERE b.closed_head IS NULL AND (a.position IS NULL OR a.posted_block > ?)`)
    return (rows.all(block) as Row[]).reduce(
      (sum, { bid_sum: bids, fee }) => sum + BigInt(bids ?? 0) + BigInt(fee ?? 0),
      0n,
    )
  }

  /**
   * What this account can lose, in base units: all bids that are not settled, and those made since a moment.
   *
   * @param since milliseconds since 1970, of the last day.
   */
  atRisk(since: number): { total: bigint; recent: bigint } {
    const sumOf = (rows: unknown[]): bigint => (rows as Row[]).reduce((all, { sum }) => all + BigInt(sum ?? 0), 0n)
    const open = this.#db.prepare(`SELECT a.bid_sum AS sum FROM bounties b CROSS JOIN assertions a USING (guid)
      WHERE b.closed_head IS NULL AND b.settled_block IS NULL`)
    const minute = Math.floor(since / MINUTE)
    const begun = this.#db.prepare('SELECT bid_sum AS sum FROM assertions WHERE planned_at > ? AND planned_at < ?')
    const later = this.#db.prepare('SELECT sum FROM bids_by_minute WHERE minute > ?')
    const recent = sumOf(begun.all(since, (minute + 1) * MINUTE)) + sumOf(later.all(minute))
    return { total: sumOf(open.all()), recent }
  }

  /** The chain took the assertion in `block`, as number `position` of its bounty. */
  setPosted(guid: Guid, position: number, block: number): void {
    this.#db
      .prepare('UPDATE assertions SET position = ?, posted_block = coalesce(posted_block, ?) WHERE guid = ?')
      .run(position, block, guid)
  }

  /** The assertion was revealed in `block`. */
  setRevealed(guid: Guid, block: number): void {
    this.#revealDelay = undefined
    this.#db
      .prepare('UPDATE assertions SET revealed_block = coalesce(revealed_block, ?) WHERE guid = ?')
      .run(block, guid)
  }

  /** Writes a vote down. */
  planVote({ guid, votes, validBloom }: Omit<VoteRecord, 'cast'>): void {
    this.#db
      .prepare('INSERT INTO votes (guid, votes, valid_bloom) VALUES (?, ?, ?)')
      .run(guid, votes.toString(), validBloom ? 1 : 0)
  }

  /** This participant's vote on a bounty. */
  vote(guid: Guid): VoteRecord | undefined {
    const row = this.#db.prepare('SELECT * FROM votes WHERE guid = ?').get(guid) as Row | undefined
    if (!row) return undefined
    return { guid, votes: BigInt(row.votes ?? 0), validBloom: row.valid_bloom === 1, cast: row.cast_block !== null }
  }

  /** The vote was counted in `block`. */
  setCast(guid: Guid, block: number): void {
    this.#db.prepare('UPDATE votes SET cast_block = coalesce(cast_block, ?) WHERE guid = ?').run(block, guid)
  }

  /**
   * Bounties that this participant has not decided on yet: how many, and the blocks since each was posted on average. Those
   * that wait for somebody else are not among them.
   */
  undecided(head: number): { count: number; averageWait: number } {
    const row = this.#db
      .prepare(`SELECT count(*) AS n, coalesce(avg(max(0, ? - block)), 0) AS wait FROM bounties
        INDEXED BY open_bounties
        WHERE closed_head IS NULL AND decision IS NULL AND block IS NOT NULL AND waits_until IS NULL`)
      .get(head)
    return { count: Number(row?.n), averageWait: Number(row?.wait) }
  }

  /** How many bounties this participant has settled. */
  settledCount(): number {
    return Number(this.#db.prepare("SELECT value FROM counters WHERE name = 'settled'").get()?.value)
  }

  /** Takes back what blocks above `block` said. The nonce and verdicts of an assertion are never taken back. */
  forgetAbove(block: number): void {
    this.#revealDelay = undefined
    for (const statement of [
      'UPDATE bounties SET closed_head = NULL WHERE closed_head > :block OR settled_block > :block OR quorum_block > :block',
      // Posted again, a bounty may have other terms.
      'UPDATE bounties SET block = NULL, num_artifacts = NULL WHERE block > :block',
      `UPDATE findings SET truth = NULL WHERE guid IN
        (SELECT guid FROM bounties WHERE quorum_block > :block OR settled_block > :block OR learned_head > :block)`,
      `UPDATE bounties SET truth = NULL, learned_head = NULL
        WHERE quorum_block > :block OR settled_block > :block OR learned_head > :block`,
      'UPDATE bounties SET quorum_block = NULL WHERE quorum_block > :block',
      'UPDATE bounties SET settled_block = NULL, payout = NULL WHERE settled_block > :block',
      'UPDATE assertions SET position = NULL, posted_block = NULL WHERE posted_block > :block',
      'UPDATE assertions SET revealed_block = NULL WHERE revealed_block > :block',
      'UPDATE votes SET cast_block = NULL WHERE cast_block > :block',
    ]) {
      this.#db.prepare(statement).run({ block })
    }
  }
}

function bountyOf(row: Row): BountyRecord {
  return {
    guid: row.guid as Guid,
    block: row.block as number | null,
    author: row.author as Address,
    artifactType: row.artifact_type as ArtifactType,
    amount: BigInt(row.amount ?? 0),
    uri: String(row.uri),
    expiration: Number(row.expiration),
    metadata: metadataOf(String(row.metadata)),
    terms: row.num_artifacts === null ? null : termsOf(row),
    quorum: row.quorum_block !== null,
    decision: row.decision as Decision | null,
    settled: row.settled_block !== null,
  }
}

/** A stranger wrote it: what cannot be read any more, by a program with other limits, is as good as none. */
function metadataOf(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

function termsOf(row: Row): Terms {
  return {
    numArtifacts: Number(row.num_artifacts),
    bountyFee: BigInt(row.bounty_fee ?? 0),
    assertionFee: BigInt(row.assertion_fee ?? 0),
    assertionRevealWindow: Number(row.reveal_window),
    arbiterVoteWindow: Number(row.vote_window),
  }
}

function assertionOf(row: Row): AssertionRecord {
  return {
    guid: row.guid as Guid,
    nonce: BigInt(row.nonce ?? 0),
    verdicts: BigInt(row.verdicts ?? 0),
    mask: BigInt(row.mask ?? 0),
    bids: (parseJson(String(row.bids)) as string[]).map(BigInt),
    fee: BigInt(row.fee ?? 0),
    metadata: String(row.metadata),
    revealMetadata: row.reveal_metadata as string | null,
    commitment: BigInt(row.commitment ?? 0),
    position: row.position as number | null,
    revealed: row.revealed_block !== null,
  }
}
