import type { Guid, MarketEvent } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { isTimeToSettle } from './settlement-time.js'

interface Prospect {
  expiration: number
  /** The first block in which nothing can be revealed any more, and the first in which everybody can settle. */
  revealEnd: number
  end: number
  quorum: number | null
  /** Assertions that are not revealed, and parties that have not settled, as far as was heard. */
  unrevealed: number
  unsettled: number
}

/** Blocks after its end for which a bounty of which something is left is looked after, in each block. */
const LOOKED_AFTER = 64

/** Blocks after which all is over that was open when a program began to listen. */
const LIFE = 1_000

/** How a forecast is made. */
export interface DueForecastOptions {
  /** See {@link isTimeToSettle}. */
  patience: number
  /** Only bounties of this account; all by default. */
  author?: Address | undefined
  /** Whether the events begin with the first of the market, or with all that is open. */
  fromBeginning: boolean
}

/**
 * Whether something can be due on a bounty, by what the event stream has told: only then has a daemon to be asked what. Who
 * knows too little expects something in each block.
 */
export class DueForecast {
  readonly #options: DueForecastOptions
  readonly #prospects = new Map<Guid, Prospect>()
  /** The newest block from which on all that is open was heard of; undefined until a block is. */
  #surveyedFrom: number | undefined
  #cursor: string | undefined

  constructor(options: DueForecastOptions) {
    this.#options = options
    if (options.fromBeginning) this.#surveyedFrom = 0
  }

  /** Whether something can be due when `head` is the newest block. */
  expects(head: number): boolean {
    this.#surveyedFrom ??= head + LIFE
    if (head < this.#surveyedFrom) return true
    for (const [guid, { end, unsettled }] of this.#prospects) {
      if (head > end + LOOKED_AFTER || (head >= end && unsettled <= 0)) this.#prospects.delete(guid)
    }
    return this.#prospects.values().some((prospect) => this.#isDue(prospect, head))
  }

  /** Takes in what happened on the market. */
  hear(event: MarketEvent): void {
    switch (event.event) {
      case 'connected':
        if (event.cursor !== undefined && event.cursor !== this.#cursor && this.#cursor !== undefined) this.#loseTrack()
        break
      case 'snapshot':
        this.#surveyedFrom = 0
        break
      case 'reorg':
        // What of it was taken back is not told.
        for (const prospect of this.#prospects.values()) prospect.unrevealed = prospect.unsettled = LOOKED_AFTER
        break
      case 'bounty':
        this.#begin(event)
        break
      case 'assertion':
        this.#change(event.data.bounty_guid, 1, 1)
        break
      case 'reveal':
        this.#change(event.data.bounty_guid, -1, 0)
        break
      case 'vote':
        this.#change(event.data.bounty_guid, 0, 1)
        break
      case 'settled_bounty':
        this.#change(event.data.bounty_guid, 0, -1)
        break
      case 'quorum': {
        const prospect = this.#prospects.get(event.data.bounty_guid)
        if (prospect) prospect.quorum ??= event.block_number
      }
    }
    if ('cursor' in event && event.cursor !== undefined) this.#cursor = event.cursor
  }

  #isDue({ expiration, revealEnd, end, quorum, unrevealed, unsettled }: Prospect, head: number): boolean {
    if (unrevealed > 0 && head >= expiration && head < revealEnd) return true
    return unsettled > 0 && isTimeToSettle({ since: quorum ?? end, end }, head, this.#options.patience)
  }

  #begin({ data, cursor }: Extract<MarketEvent, { event: 'bounty' }>): void {
    const { guid, author, terms } = data
    if (this.#options.author !== undefined && author !== this.#options.author) return
    if (!terms) {
      // An older daemon: nobody knows when anything of it is due.
      this.#loseTrack()
      return
    }
    const expiration = Number(data.expiration)
    const revealEnd = expiration + terms.assertion_reveal_window
    // One that is told of again, because it is open, has a past that is not told.
    const unknown = cursor === undefined ? LOOKED_AFTER : 0
    this.#prospects.set(guid, {
      ...{ expiration, revealEnd, end: revealEnd + terms.arbiter_vote_window, quorum: null },
      ...{ unrevealed: unknown, unsettled: 1 + unknown },
    })
  }

  #change(guid: Guid, unrevealed: number, unsettled: number): void {
    const prospect = this.#prospects.get(guid)
    if (!prospect) return
    prospect.unrevealed += unrevealed
    prospect.unsettled += unsettled
  }

  #loseTrack(): void {
    this.#prospects.clear()
    this.#surveyedFrom = undefined
  }
}
