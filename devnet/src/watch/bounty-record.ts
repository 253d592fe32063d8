import {
  type ArtifactMask,
  type BountyTerms,
  booleansFromMask,
  consensusOf,
  type Guid,
  type MarketEvent,
  type MarketEventOf,
  maskFromBooleans,
  type SettlementInput,
  voteEnd,
} from '@polyswarm/protocol'
import type { Address } from 'viem'

/** An artifact as its ambassador described it. */
interface ArtifactDescription {
  name: string
  /** Hex; empty where the ambassador did not say. */
  sha256: string
}

/** An assertion as the events tell of it. */
interface AssertionRecord {
  author: Address
  index: number
  mask: ArtifactMask
  bids: readonly bigint[]
  /** null until the reveal. */
  verdicts: ArtifactMask | null
}

/** A bounty's life so far, as the market's events tell it. */
export interface BountyRecord {
  guid: Guid
  author: Address
  amount: bigint
  /** Block in which it was posted. */
  postedAt: number
  expiration: number
  terms: BountyTerms
  artifacts: ArtifactDescription[]
  assertions: AssertionRecord[]
  votes: { voter: Address; votes: ArtifactMask }[]
  quorumReached: boolean
  settlements: { settler: Address; payout: bigint }[]
}

/** The record of a bounty that was just posted. */
export function openRecord(event: MarketEventOf<'bounty'>, terms: BountyTerms): BountyRecord {
  const { guid, author, amount, expiration, metadata } = event.data
  return {
    guid,
    author,
    amount,
    postedAt: event.block_number,
    expiration: Number(expiration),
    terms,
    artifacts: describeArtifacts(metadata, terms.num_artifacts),
    assertions: [],
    votes: [],
    quorumReached: false,
    settlements: [],
  }
}

/** The record after an event; unchanged where the event is not about it or says what is known already. */
export function applyEvent(record: BountyRecord, event: MarketEvent): BountyRecord {
  switch (event.event) {
    case 'assertion': {
      const { author, index, mask, bid } = event.data
      if (event.data.bounty_guid !== record.guid || record.assertions.some((known) => known.index === index))
        return record
      const assertion = { author, index, mask: maskFromBooleans(mask), bids: bid, verdicts: null }
      return { ...record, assertions: [...record.assertions, assertion] }
    }
    case 'reveal': {
      const { bounty_guid, index, verdicts } = event.data
      if (bounty_guid !== record.guid) return record
      const assertions = record.assertions.map((known) =>
        known.index === index ? { ...known, verdicts: maskFromBooleans(verdicts) } : known,
      )
      return { ...record, assertions }
    }
    case 'vote': {
      const { bounty_guid, voter, votes } = event.data
      if (bounty_guid !== record.guid || record.votes.some((known) => known.voter === voter)) return record
      return { ...record, votes: [...record.votes, { voter, votes: maskFromBooleans(votes) }] }
    }
    case 'quorum':
      return event.data.bounty_guid === record.guid ? { ...record, quorumReached: true } : record
    case 'settled_bounty': {
      const { bounty_guid, settler, payout } = event.data
      if (bounty_guid !== record.guid || record.settlements.some((known) => known.settler === settler)) return record
      return { ...record, settlements: [...record.settlements, { settler, payout }] }
    }
    default:
      return record
  }
}

/** Who has a settlement to make on the bounty and has not made it, in the order of their parts in it. */
export function unsettledParties(record: BountyRecord): Address[] {
  const parties = [
    record.author,
    ...record.assertions.map(({ author }) => author),
    ...record.votes.map(({ voter }) => voter),
  ]
  const settled = new Set(record.settlements.map(({ settler }) => settler))
  return [...new Set(parties)].filter((party) => !settled.has(party))
}

/** Whether every party has settled, which ends the bounty. */
export function isSettled(record: BountyRecord): boolean {
  return record.settlements.length > 0 && unsettledParties(record).length === 0
}

/** The first block in which everybody can settle. */
export function settlementBlock({ expiration, terms }: BountyRecord): number {
  const { assertion_reveal_window, arbiter_vote_window } = terms
  return voteEnd({
    expiration,
    assertionRevealWindow: assertion_reveal_window,
    arbiterVoteWindow: arbiter_vote_window,
  })
}

/** Ground truth by the votes names, one entry per artifact; null before the first vote. */
export function groundTruth({ votes, terms }: BountyRecord): boolean[] | null {
  if (votes.length === 0) return null
  return booleansFromMask(consensusOf(votes, terms.num_artifacts), terms.num_artifacts)
}

/** The bounty as the settlement rules want it. */
export function settlementInput({ author, amount, terms, assertions, votes }: BountyRecord): SettlementInput {
  return {
    author,
    amount,
    numArtifacts: terms.num_artifacts,
    bountyFee: terms.bounty_fee,
    assertionFee: terms.assertion_fee,
    assertions,
    votes,
  }
}

/** Metadata is an ambassador's word, and can be anything: what is no text is passed over. */
function describeArtifacts(metadata: unknown, numArtifacts: number): ArtifactDescription[] {
  const entries: unknown[] = Array.isArray(metadata) ? metadata : []
  return Array.from({ length: numArtifacts }, (_, index) => {
    const entry = Object(entries[index]) as Record<string, unknown>
    const { filename, sha256, uri } = entry
    const name = [filename, uri].find((text) => typeof text === 'string' && text !== '')
    return {
      name: typeof name === 'string' ? name : `artifact ${index}`,
      sha256: typeof sha256 === 'string' ? sha256 : '',
    }
  })
}
