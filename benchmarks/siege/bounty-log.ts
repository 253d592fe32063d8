import { bountyRegistryAbi, type SettlementInput, voteEnd } from '@polyswarm/protocol'
import { type Address, createPublicClient, http, type PublicClient } from 'viem'
import { type Besieged, loopback } from './besieged.ts'

/** An assertion as the chain tells of it. */
export interface LoggedAssertion {
  author: Address
  index: number
  bids: readonly bigint[]
  mask: bigint
  commitment: bigint
  /** What it was opened with; null before that. */
  reveal: { nonce: bigint; verdicts: bigint; metadata: string } | null
}

/** A bounty as the chain tells of it. Amounts in base units, times in blocks. */
export interface LoggedBounty {
  guid: bigint
  author: Address
  amount: bigint
  uri: string
  metadata: string
  postedAt: number
  expiration: number
  numArtifacts: number
  bountyFee: bigint
  assertionFee: bigint
  revealWindow: number
  voteWindow: number
  assertions: LoggedAssertion[]
  votes: { voter: Address; votes: bigint }[]
  settlements: { settler: Address; payout: bigint }[]
}

/** Blocks that are read at a time. */
const SPAN = 500n

/** The bounties of a market, read from the chain itself: the daemon is under attack. Those that are over can be dropped. */
export class BountyLog {
  readonly bounties = new Map<bigint, LoggedBounty>()
  /** All that was ever burned, in base units. */
  burned = 0n
  head = 0
  readonly #registry: Address
  readonly #chain: PublicClient
  #next: bigint

  /** @param from first block that is read. */
  constructor({ chainRpc, contracts }: Pick<Besieged, 'chainRpc' | 'contracts'>, from: bigint) {
    this.#registry = contracts.bountyRegistry
    this.#chain = createPublicClient({ transport: http(loopback(chainRpc).href), cacheTime: 0 })
    this.#next = from
  }

  /** Reads what is new, up to the head. */
  async update(): Promise<void> {
    const head = await this.#chain.getBlockNumber()
    while (this.#next <= head) {
      const toBlock = head - this.#next > SPAN ? this.#next + SPAN : head
      const range = { fromBlock: this.#next, toBlock }
      const events = await this.#chain.getContractEvents({
        ...range,
        address: this.#registry,
        abi: bountyRegistryAbi,
        strict: true,
      })
      for (const event of events) this.#take(event as RegistryEvent)
      this.#next = toBlock + 1n
    }
    this.head = Number(head)
  }

  #take({ eventName, args, blockNumber }: RegistryEvent): void {
    if (eventName === 'BurnedBids' || eventName === 'BurnedDust') this.burned += args.amount
    if (eventName === 'NewBounty') this.#open(args, Number(blockNumber))
    const bounty = this.bounties.get(args.bountyGuid ?? args.guid ?? -1n)
    if (!bounty) return
    switch (eventName) {
      case 'BountyTerms':
        bounty.numArtifacts = Number(args.numArtifacts)
        bounty.bountyFee = args.bountyFee
        bounty.assertionFee = args.assertionFee
        bounty.revealWindow = Number(args.assertionRevealWindow)
        bounty.voteWindow = Number(args.arbiterVoteWindow)
        return
      case 'NewAssertion': {
        const { author, index, bid: bids, mask, commitment } = args
        bounty.assertions.push({ author, index: Number(index), bids, mask, commitment, reveal: null })
        return
      }
      case 'RevealedAssertion': {
        const { nonce, verdicts, metadata } = args
        const assertion = bounty.assertions.find(({ index }) => index === Number(args.index))
        if (assertion) assertion.reveal = { nonce, verdicts, metadata }
        return
      }
      case 'NewVote':
        bounty.votes.push({ voter: args.voter, votes: args.votes })
        return
      case 'SettledBounty':
        bounty.settlements.push({ settler: args.settler, payout: args.payout })
    }
  }

  #open(args: RegistryEvent['args'], postedAt: number): void {
    const { guid, author, amount, artifactURI: uri, metadata, expirationBlock } = args
    const terms = { numArtifacts: 0, bountyFee: 0n, assertionFee: 0n, revealWindow: 0, voteWindow: 0 }
    const parties = { assertions: [], votes: [], settlements: [] }
    const expiration = Number(expirationBlock)
    this.bounties.set(guid, { guid, author, amount, uri, metadata, postedAt, expiration, ...terms, ...parties })
  }
}

/** An event of the registry, loosely: the ABI has the names, this file reads them. */
interface RegistryEvent {
  eventName: string
  // biome-ignore lint/suspicious/noExplicitAny: the ABI guarantees what each event has
  args: any
  blockNumber: bigint
}

/** First block in which everybody can settle. */
export function lastBlockOf({ expiration, revealWindow, voteWindow }: LoggedBounty): number {
  return voteEnd({ expiration, assertionRevealWindow: revealWindow, arbiterVoteWindow: voteWindow })
}

/** The bounty as the rules of payout want it. */
export function settlementInputOf(bounty: LoggedBounty): SettlementInput {
  return {
    ...bounty,
    assertions: bounty.assertions.map(({ author, mask, bids, reveal }) => ({
      author,
      mask,
      bids,
      verdicts: reveal && reveal.verdicts & mask,
    })),
  }
}
