import type { Guid, MarketEvent } from '@polyswarm/protocol'

/** Counts whole bounties: every engine has asserted and revealed, an arbiter has voted, and every party has settled. */
export class SettlementCount {
  readonly #engines: number
  readonly #bounties = new Map<Guid, { asserted: number; revealed: number; voted: number; settled: number }>()
  settlements = 0
  /** When the first event of a bounty came, and the last settlement; milliseconds of this process. */
  firstAt: number | undefined
  lastAt: number | undefined
  lastBlock = 0

  constructor(engines: number) {
    this.#engines = engines
  }

  get posted(): number {
    return this.#bounties.size
  }

  get complete(): number {
    // Its ambassador and its arbiters settle besides the engines.
    return [...this.#bounties.values()].filter(
      ({ asserted, revealed, voted, settled }) =>
        asserted === this.#engines && revealed === asserted && voted > 0 && settled === 1 + asserted + voted,
    ).length
  }

  /** How much of what belongs to the bounties did not come. */
  get missing() {
    const all = [...this.#bounties.values()]
    const lacking = (expected: number, what: 'asserted' | 'revealed' | 'voted' | 'settled') =>
      all.reduce((sum, bounty) => sum + expected - bounty[what], 0)
    return {
      assertions: lacking(this.#engines, 'asserted'),
      reveals: lacking(this.#engines, 'revealed'),
      votes: lacking(1, 'voted'),
      settlements: lacking(this.#engines + 2, 'settled'),
    }
  }

  take(event: MarketEvent): void {
    if (event.event === 'bounty') {
      this.firstAt ??= performance.now()
      this.#bounties.set(event.data.guid, { asserted: 0, revealed: 0, voted: 0, settled: 0 })
      return
    }
    const guid = 'bounty_guid' in event.data ? event.data.bounty_guid : undefined
    const bounty = guid && this.#bounties.get(guid)
    if (!bounty || !('block_number' in event)) return
    if (event.event === 'assertion') bounty.asserted++
    if (event.event === 'reveal') bounty.revealed++
    if (event.event === 'vote') bounty.voted++
    if (event.event === 'settled_bounty') {
      bounty.settled++
      this.settlements++
      this.lastAt = performance.now()
      this.lastBlock = event.block_number
    }
  }
}
