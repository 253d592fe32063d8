import {
  type ArtifactMask,
  type Guid,
  type MarketEvent,
  type MarketEventOf,
  maskFromBooleans,
} from '@polyswarm/protocol'
import type { Address } from 'viem'
import type { RivalAssertion } from '../journal/finding-history.js'

/** All that was asserted and voted on a bounty. */
export interface HeardBounty {
  /** By the order of the chain, this account's own among them. */
  assertions: readonly RivalAssertion[]
  votes: readonly { voter: Address; votes: ArtifactMask }[]
}

interface Hearing {
  assertions: RivalAssertion[]
  votes: { voter: Address; votes: ArtifactMask }[]
  /** Bids and votes that are kept for it. */
  size: number
}

/** Bounties that are remembered at a time, and bids and votes on all of them: some 10 MB. Of more, the oldest go. */
const MOST_BOUNTIES = 1_000
const MOST_KEPT = 100_000

/**
 * What others did on bounties, as the event stream tells it: what was heard from its beginning need not be asked for. Of a
 * bounty that was posted while nobody listened nothing is known, nor of any that was open when blocks were taken back or the
 * connection was lost.
 */
export class HeardBounties {
  readonly #heard = new Map<Guid, Hearing>()
  #size = 0

  /** What happened on the market. */
  hear(event: MarketEvent): void {
    switch (event.event) {
      case 'connected':
      case 'reorg':
      case 'snapshot':
        this.#heard.clear()
        this.#size = 0
        break
      case 'bounty':
        // Those that are told of again, because they are open, carry no cursor: what happened on them is not told.
        if (event.cursor !== undefined) this.#begin(event.data.guid)
        break
      case 'assertion':
        this.#assertion(event.data)
        break
      case 'reveal':
        this.#reveal(event.data)
        break
      case 'vote':
        this.#vote(event.data)
        break
    }
  }

  /** What was done on a bounty until now; undefined where not all of it was heard. */
  of(guid: Guid): HeardBounty | undefined {
    return this.#heard.get(guid)
  }

  /** A bounty is of no interest any more. */
  forget(guid: Guid): void {
    this.#size -= this.#heard.get(guid)?.size ?? 0
    this.#heard.delete(guid)
  }

  #begin(guid: Guid): void {
    this.forget(guid)
    this.#heard.set(guid, { assertions: [], votes: [], size: 0 })
    this.#makeRoom()
  }

  #assertion({ bounty_guid: guid, author, index, bid: bids, mask }: MarketEventOf<'assertion'>['data']): void {
    const hearing = this.#heard.get(guid)
    if (!hearing) return
    if (index === hearing.assertions.length) {
      hearing.assertions.push({ author, mask: maskFromBooleans(mask), bids, verdicts: null })
      this.#grow(hearing, bids.length + 1)
    } else {
      // One before it could not be read, or this one was told before.
      this.forget(guid)
    }
  }

  #reveal({ bounty_guid: guid, author, index, verdicts }: MarketEventOf<'reveal'>['data']): void {
    const assertions = this.#heard.get(guid)?.assertions
    const assertion = assertions?.[index]
    if (assertions && assertion?.author === author) {
      assertions[index] = { ...assertion, verdicts: maskFromBooleans(verdicts) }
    } else this.forget(guid)
  }

  #vote({ bounty_guid: guid, voter, votes }: MarketEventOf<'vote'>['data']): void {
    const hearing = this.#heard.get(guid)
    if (!hearing) return
    hearing.votes.push({ voter, votes: maskFromBooleans(votes) })
    this.#grow(hearing, 1)
  }

  #grow(hearing: Hearing, by: number): void {
    hearing.size += by
    this.#size += by
    this.#makeRoom()
  }

  #makeRoom(): void {
    for (const guid of this.#heard.keys()) {
      if (this.#heard.size <= MOST_BOUNTIES && this.#size <= MOST_KEPT) return
      this.forget(guid)
    }
  }
}
