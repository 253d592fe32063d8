import type { SQLInputValue } from 'node:sqlite'
import { type ArtifactType, type BountyPhase, type Guid, parseJson } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { addPhaseFunction, BOUNTY_PHASE, LONGEST_WINDOWS } from './bounty-windows.js'
import type { Ledger } from './ledger.js'

/** A part of a list: so many rows after a place in it. */
export interface Page {
  /** What the row before has as its place; 0 for the beginning. */
  after: number
  limit: number
  /** Whether the list begins with its newest row, and goes back from there. */
  newest?: boolean
}

/** A row and its place in the list, which stays the same for as long as the block that said it stands. */
export type Placed<T> = T & { place: number }

/** What a list of bounties tells of each. Amounts in base units of NCT. */
export interface ListedBounty {
  guid: Guid
  artifactType: ArtifactType
  author: Address
  amount: bigint
  uri: string
  numArtifacts: number
  expiration: number
  metadata: string
  phase: BountyPhase
  assertions: number
  votes: number
  blockNumber: number
}

/** Which bounties are meant; all that are given must hold. */
export interface BountyFilter {
  author?: Address | undefined
  /** As for a transaction that is mined in the next block. */
  phase?: BountyPhase | undefined
}

/** Bounties in the order in which they were posted. */
export function listBounties({ db, head }: Ledger, filter: BountyFilter, page: Page): Placed<ListedBounty>[] {
  addPhaseFunction(db)
  const { comparison, order, after } = walkOf(page)
  const parameters: Record<string, SQLInputValue> = { next: (head?.number ?? -1) + 1, after, limit: page.limit }
  // What is open is found by the index of expirations: with plus signs neither by place nor by author, of whom one may have
  // posted a million that are over.
  const isOpen = filter.phase !== undefined && filter.phase !== 'finished'
  const plus = isOpen ? '+' : ''
  const conditions = [`${plus}b.rowid ${comparison} :after`]
  if (filter.author !== undefined) {
    conditions.push(`${plus}b.author = :author`)
    parameters.author = filter.author
  }
  if (filter.phase !== undefined) {
    conditions.push(`${BOUNTY_PHASE} = :phase`)
    parameters.phase = filter.phase
  }
  // No bounty lives longer than the longest windows there ever were: those that are over long since are not looked at.
  if (isOpen) conditions.push(`b.expiration > :next - (${LONGEST_WINDOWS})`)
  const rows = db
    .prepare(
      `SELECT b.rowid AS place, b.*, t.num_artifacts, ${BOUNTY_PHASE} AS phase,
         (SELECT COUNT(*) FROM assertions a WHERE a.guid = b.guid) AS assertion_count,
         (SELECT COUNT(*) FROM votes v WHERE v.guid = b.guid) AS vote_count
       FROM bounties b CROSS JOIN terms t USING (guid) LEFT JOIN quorums q USING (guid)
       WHERE ${conditions.join(' AND ')} ORDER BY ${plus}b.rowid ${order} LIMIT :limit`,
    )
    .all(parameters) as Record<string, string | number>[]
  return rows.map((row) => ({
    place: Number(row.place),
    guid: row.guid as Guid,
    artifactType: row.artifact_type as ArtifactType,
    author: row.author as Address,
    amount: BigInt(row.amount ?? 0),
    uri: String(row.uri),
    numArtifacts: Number(row.num_artifacts),
    expiration: Number(row.expiration),
    metadata: String(row.metadata),
    phase: row.phase as BountyPhase,
    assertions: Number(row.assertion_count),
    votes: Number(row.vote_count),
    blockNumber: Number(row.block_number),
  }))
}

/** An assertion in a list of many bounties'. */
export interface ListedAssertion {
  guid: Guid
  index: number
  author: Address
  /** What was revealed, as the ledger keeps it: a bit set; null until then. */
  verdicts: bigint | null
  mask: bigint
  bids: bigint[]
  numArtifacts: number
  blockNumber: number
}

/** Assertions of an engine, on a bounty, or of an engine on a bounty, in the order of the chain. */
export function listAssertions(
  { db }: Ledger,
  filter: { author?: Address | undefined; guid?: Guid | undefined },
  page: Page,
): Placed<ListedAssertion>[] {
  const { where, parameters } = equal({ 'a.guid': filter.guid, 'a.author': filter.author })
  const { comparison, order, after } = walkOf(page)
  const rows = db
    .prepare(
      `SELECT a.rowid AS place, a.*, r.verdicts FROM assertions a LEFT JOIN reveals r USING (guid, idx)
       WHERE a.rowid ${comparison} ? ${where} ORDER BY a.rowid ${order} LIMIT ?`,
    )
    .all(after, ...parameters, page.limit) as Record<string, string | number | null>[]
  return rows.map((row) => ({
    place: Number(row.place),
    guid: row.guid as Guid,
    index: Number(row.idx),
    author: row.author as Address,
    verdicts: row.verdicts === null ? null : BigInt(row.verdicts ?? 0),
    mask: BigInt(row.mask ?? 0),
    bids: (parseJson(String(row.bids)) as string[]).map(BigInt),
    numArtifacts: Number(row.num_artifacts),
    blockNumber: Number(row.block_number),
  }))
}

/** A vote in a list of many bounties'. */
export interface ListedVote {
  guid: Guid
  voter: Address
  votes: bigint
  numArtifacts: number
  blockNumber: number
}

/** Votes of an arbiter, on a bounty, or of an arbiter on a bounty, in the order of the chain. */
export function listVotes(
  { db }: Ledger,
  filter: { voter?: Address | undefined; guid?: Guid | undefined },
  page: Page,
): Placed<ListedVote>[] {
  const { where, parameters } = equal({ guid: filter.guid, voter: filter.voter })
  const { comparison, order, after } = walkOf(page)
  const rows = db
    .prepare(`SELECT rowid AS place, * FROM votes WHERE rowid ${comparison} ? ${where} ORDER BY rowid ${order} LIMIT ?`)
    .all(after, ...parameters, page.limit) as Record<string, string | number>[]
  return rows.map((row) => ({
    place: Number(row.place),
    guid: row.guid as Guid,
    voter: row.voter as Address,
    votes: BigInt(row.votes ?? 0),
    numArtifacts: Number(row.num_artifacts),
    blockNumber: Number(row.block_number),
  }))
}

/** How a list is gone through, in SQL: onwards from a place, or back from one. */
function walkOf({ after, newest = false }: Page): { comparison: string; order: string; after: number } {
  if (!newest) return { comparison: '>', order: 'ASC', after }
  return { comparison: '<', order: 'DESC', after: after === 0 ? Number.MAX_SAFE_INTEGER : after }
}

/** Conditions on columns, of which the first that is given is to be found by its index: few have one bounty, many one party. */
function equal(columns: Record<string, string | undefined>): { where: string; parameters: string[] } {
  const given = Object.entries(columns).filter(([, value]) => value !== undefined)
  return {
    where: given.map(([name], index) => `AND ${index === 0 ? '' : '+'}${name} = ?`).join(' '),
    parameters: given.map(([, value]) => value ?? ''),
  }
}
