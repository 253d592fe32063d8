import { type ArtifactMask, type ArtifactType, type Guid, parseJson } from '@polyswarm/protocol'
import type { Address } from 'viem'
import type { Ledger } from './ledger.js'

/** A bounty as the chain has told of it so far. Amounts in base units of NCT, windows in blocks. */
export interface BountyRow {
  guid: Guid
  artifactType: ArtifactType
  author: Address
  amount: bigint
  uri: string
  expiration: number
  metadata: string
  numArtifacts: number
  bloom: bigint[]
  bountyFee: bigint
  assertionFee: bigint
  assertionRevealWindow: number
  arbiterVoteWindow: number
  arbiterCount: number
  blockNumber: number
  /** Block in which the quorum was reached; null until then. */
  quorumBlock: number | null
}

/** An assertion; nonce, verdicts and metadata are null until it is revealed. */
export interface AssertionRow {
  index: number
  author: Address
  bids: bigint[]
  mask: ArtifactMask
  commitment: bigint
  nonce: bigint | null
  verdicts: ArtifactMask | null
  metadata: string | null
}

/** A vote on a bounty. */
export interface VoteRow {
  voter: Address
  votes: ArtifactMask
  validBloom: boolean
}

/** A settlement of one party. */
export interface SettlementRow {
  settler: Address
  payout: bigint
  blockNumber: number
}

/** Fees in base units of NCT and windows in blocks, as they are for new bounties. */
export interface CurrentTerms {
  bountyFee: bigint
  assertionFee: bigint
  assertionRevealWindow: number
  arbiterVoteWindow: number
}

type Row = Record<string, string | number | null>

/** A bounty; null where the chain knows none under this guid. */
export function readBounty(ledger: Ledger, guid: Guid): BountyRow | null {
  const row = ledger
    .prepare(
      `SELECT b.*, t.*, b.block_number AS posted, q.block_number AS quorum_block FROM bounties b
       JOIN terms t USING (guid) LEFT JOIN quorums q USING (guid) WHERE guid = ?`,
    )
    .get(guid) as Row | undefined
  return row
    ? {
        guid,
        artifactType: row.artifact_type as ArtifactType,
        author: row.author as Address,
        amount: big(row.amount),
        uri: String(row.uri),
        expiration: Number(row.expiration),
        metadata: String(row.metadata),
        numArtifacts: Number(row.num_artifacts),
        bloom: wordsOf(row.bloom),
        bountyFee: big(row.bounty_fee),
        assertionFee: big(row.assertion_fee),
        assertionRevealWindow: Number(row.assertion_reveal_window),
        arbiterVoteWindow: Number(row.arbiter_vote_window),
        arbiterCount: Number(row.arbiter_count),
        blockNumber: Number(row.posted),
        quorumBlock: row.quorum_block === null ? null : Number(row.quorum_block),
      }
    : null
}

/**
 * Guids in the order in which the bounties were posted, those that are left. Rows are added at the end and taken back from
 * there, so that the number of a row tells its place: none before it has to be counted.
 */
export function readGuids(ledger: Ledger, offset: number, limit: number): Guid[] {
  return ledger
    .prepare(
      `SELECT guid FROM bounties WHERE rowid >= (SELECT min(rowid) FROM bounties) + ?1
       AND rowid < (SELECT min(rowid) FROM bounties) + ?1 + ?2 ORDER BY rowid`,
    )
    .all(offset, limit)
    .map((row) => row.guid as Guid)
}

/** The artifacts that an assertion is about, as a bit set; undefined where the ledger knows no such assertion. */
export function readAssertionMask(ledger: Ledger, guid: Guid, index: number): bigint | undefined {
  const row = ledger.prepare('SELECT mask FROM assertions WHERE guid = ? AND idx = ?').get(guid, index)
  return row && big((row as Row).mask)
}

/** What an account committed to on a bounty, and whether it is revealed; null where it has not asserted. */
export function readCommitment(
  ledger: Ledger,
  guid: Guid,
  author: Address,
): { mask: ArtifactMask; commitment: bigint; revealed: boolean } | null {
  // By the bounty: an account can have asserted on any number of them, which the plus sign keeps from being gone through.
  const row = ledger
    .prepare(
      `SELECT a.mask, a.commitment, r.nonce FROM assertions a LEFT JOIN reveals r USING (guid, idx)
       WHERE guid = ? AND +a.author = ?`,
    )
    .get(guid, author) as Row | undefined
  return row ? { mask: big(row.mask), commitment: big(row.commitment), revealed: row.nonce !== null } : null
}

/** The assertions on a bounty, in the order of their index. */
export function readAssertions(ledger: Ledger, guid: Guid): AssertionRow[] {
  const rows = ledger
    .prepare(
      `SELECT a.*, r.nonce, r.verdicts, r.metadata FROM assertions a LEFT JOIN reveals r USING (guid, idx)
       WHERE guid = ? ORDER BY idx`,
    )
    .all(guid) as Row[]
  return rows.map((row) => ({
    index: Number(row.idx),
    author: row.author as Address,
    bids: bigList(row.bids),
    mask: big(row.mask),
    commitment: big(row.commitment),
    nonce: row.nonce === null ? null : big(row.nonce),
    verdicts: row.verdicts === null ? null : big(row.verdicts),
    metadata: row.metadata === null ? null : String(row.metadata),
  }))
}

/** The votes on a bounty, in the order in which they were cast. */
export function readVotes(ledger: Ledger, guid: Guid): VoteRow[] {
  const rows = ledger
    .prepare(
      `SELECT v.voter, v.votes, b.valid_bloom FROM votes v LEFT JOIN bloom_votes b USING (guid, voter)
       WHERE v.guid = ? ORDER BY v.rowid`,
    )
    .all(guid) as Row[]
  return rows.map((row) => ({
    voter: row.voter as Address,
    votes: big(row.votes),
    validBloom: row.valid_bloom === 1,
  }))
}

/** Who settled a bounty, in order. */
export function readSettlements(ledger: Ledger, guid: Guid): SettlementRow[] {
  const rows = ledger
    .prepare('SELECT settler, payout, block_number FROM settlements WHERE guid = ? ORDER BY rowid')
    .all(guid) as Row[]
  return rows.map((row) => ({
    settler: row.settler as Address,
    payout: big(row.payout),
    blockNumber: Number(row.block_number),
  }))
}

/** The fees and windows that the chain announced last; null before the first announcement was read. */
export function readCurrentTerms(ledger: Ledger): CurrentTerms | null {
  const fees = ledger.prepare('SELECT * FROM fees ORDER BY rowid DESC LIMIT 1').get() as Row | undefined
  const windows = ledger.prepare('SELECT * FROM windows ORDER BY rowid DESC LIMIT 1').get() as Row | undefined
  return fees && windows
    ? {
        bountyFee: big(fees.bounty_fee),
        assertionFee: big(fees.assertion_fee),
        assertionRevealWindow: Number(windows.assertion_reveal_window),
        arbiterVoteWindow: Number(windows.arbiter_vote_window),
      }
    : null
}

function big(text: unknown): bigint {
  return BigInt(String(text))
}

/** Numbers of 32 bytes each. */
function wordsOf(bytes: unknown): bigint[] {
  const digits = Buffer.from(bytes as Uint8Array).toString('hex')
  return (digits.match(/.{64}/g) ?? []).map((word) => BigInt(`0x${word}`))
}

function bigList(json: unknown): bigint[] {
  return (parseJson(String(json)) as string[]).map(BigInt)
}
