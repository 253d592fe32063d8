import type { Guid, MarketEvent } from '@polyswarm/protocol'
import { percentile } from './percentile.ts'

/** What has happened to one bounty. Times are milliseconds of this process. */
interface BountyProgress {
  postedAt: number
  verdictAt: number | undefined
  asserted: number
  revealed: number
  voted: number
  settled: number
  /** The first block in which can be revealed, and the first in which nobody can any more. */
  from: number
  end: number
  /** Who has asserted and not revealed. */
  unrevealed: Set<string>
}

/** A reveal that did not come for an assertion that did. */
export interface LostReveal {
  author: string
  /** The first block of the window, and the first after it. */
  from: number
  end: number
}

/** What has become of all bounties of a run. */
export interface BountySummary {
  posted: number
  /** Every engine has asserted and revealed, an arbiter has voted, and every party has settled. */
  whole: number
  /** At least one engine's verdict was revealed, and an arbiter has voted. */
  answered: number
  assertions: number
  reveals: number
  /** Reveals that did not come for an assertion that did. */
  revealsLost: number
  /** Seconds from the event of a bounty to the arbiters' verdict on it. */
  verdictSeconds: { p50: number; p99: number }
}

/** Follows bounties by their events. */
export class BountyCount {
  readonly #engines: number
  readonly #bounties = new Map<Guid, BountyProgress>()
  settlements = 0
  /** When the first and the last bounty were heard of, and the last settlement; milliseconds of this process. */
  firstAt: number | undefined
  lastPostedAt: number | undefined
  lastAt: number | undefined
  /** The newest block in which something happened. */
  lastBlock = 0

  /** @param engines how many of them a whole bounty has. */
  constructor(engines: number) {
    this.#engines = engines
  }

  get posted(): number {
    return this.#bounties.size
  }

  /** Bounties on which every party that has taken part has settled. */
  get over(): number {
    return this.#countOf(({ asserted, voted, settled }) => settled === 1 + asserted + voted)
  }

  get whole(): number {
    return this.#countOf((bounty) => this.#isWhole(bounty))
  }

  /** What is known by now. */
  get summary(): BountySummary {
    const all = [...this.#bounties.values()]
    const sum = (what: 'asserted' | 'revealed') => all.reduce((total, bounty) => total + bounty[what], 0)
    const waits = all.flatMap(({ postedAt, verdictAt }) => (verdictAt === undefined ? [] : verdictAt - postedAt))
    const seconds = (part: number) => Math.round(percentile(waits, part)) / 1000
    return {
      posted: this.posted,
      whole: this.whole,
      answered: this.#countOf(({ revealed, voted }) => revealed > 0 && voted > 0),
      assertions: sum('asserted'),
      reveals: sum('revealed'),
      revealsLost: sum('asserted') - sum('revealed'),
      verdictSeconds: { p50: seconds(0.5), p99: seconds(0.99) },
    }
  }

  get lost(): LostReveal[] {
    return [...this.#bounties.values()].flatMap(({ unrevealed, from, end }) =>
      [...unrevealed].map((author) => ({ author, from, end })),
    )
  }

  take(event: MarketEvent): void {
    const now = performance.now()
    if ('block_number' in event) this.lastBlock = event.block_number
    if (event.event === 'bounty') {
      this.firstAt ??= now
      this.lastPostedAt = now
      const nothing = { asserted: 0, revealed: 0, voted: 0, settled: 0, unrevealed: new Set<string>() }
      const from = Number(event.data.expiration)
      const window = { from, end: from + (event.data.terms?.assertion_reveal_window ?? 0) }
      this.#bounties.set(event.data.guid, { postedAt: now, verdictAt: undefined, ...nothing, ...window })
      return
    }
    const guid = 'bounty_guid' in event.data ? event.data.bounty_guid : undefined
    const bounty = guid && this.#bounties.get(guid)
    if (!bounty) return
    if (event.event === 'assertion') {
      bounty.asserted++
      bounty.unrevealed.add(event.data.author)
    }
    if (event.event === 'reveal') {
      bounty.revealed++
      bounty.unrevealed.delete(event.data.author)
    }
    if (event.event === 'vote') bounty.voted++
    if (event.event === 'quorum') bounty.verdictAt ??= now
    if (event.event === 'settled_bounty') {
      bounty.settled++
      this.settlements++
      this.lastAt = now
    }
  }

  #isWhole({ asserted, revealed, voted, settled }: BountyProgress): boolean {
    // Its ambassador and its arbiters settle besides the engines.
    return asserted === this.#engines && revealed === asserted && voted > 0 && settled === 1 + asserted + voted
  }

  #countOf(isCounted: (bounty: BountyProgress) => boolean): number {
    return [...this.#bounties.values()].filter(isCounted).length
  }
}
