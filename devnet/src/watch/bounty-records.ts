import type { BountyTerms, Guid, MarketEvent, MarketEventOf } from '@polyswarm/protocol'
import { applyEvent, type BountyRecord, isSettled, openRecord } from './bounty-record.js'

/** Blocks of the past that the chain may take back, as far as the story goes. */
const KEPT_BLOCKS = 256

/** An event of one bounty. */
export type BountyEvent = Extract<MarketEvent, { block_number: number }>

/**
 * The records of the bounties that are open, and of those that are over and wanted. What happened to a bounty is kept beside
 * its record while it is open, and for a while after, to begin anew from where the chain went another way: what a new bounty
 * or a block costs does not depend on how many are over.
 */
export class BountyRecords {
  readonly all = new Map<Guid, BountyRecord>()
  readonly #open = new Map<Guid, BountyRecord>()
  readonly #events = new Map<Guid, BountyEvent[]>()
  readonly #isWanted: (record: BountyRecord) => boolean

  /** @param isWanted whether the record of a bounty is kept when it has been over for long; by default all are. */
  constructor(isWanted: (record: BountyRecord) => boolean = () => true) {
    this.#isWanted = isWanted
  }

  /** The bounties that are not over, in the order of posting. */
  get open(): BountyRecord[] {
    return [...this.#open.values()]
  }

  /** Keeps an event, whether or not its bounty has a record yet. */
  hear(event: MarketEvent): void {
    const guid = guidOf(event)
    if (guid === undefined || !('block_number' in event)) return
    const events = this.#events.get(guid)
    if (events) events.push(event)
    else this.#events.set(guid, [event])
  }

  /** Begins a record, with what has happened to the bounty while nobody knew its terms. */
  begin(event: MarketEventOf<'bounty'>, terms: BountyTerms): BountyRecord {
    const events: readonly MarketEvent[] = this.#events.get(event.data.guid) ?? []
    return this.#set(events.reduce(applyEvent, openRecord(event, terms)))
  }

  /** Applies an event to the record of its bounty; undefined where there is none. */
  apply(event: MarketEvent): BountyRecord | undefined {
    const guid = guidOf(event)
    const record = guid && this.all.get(guid)
    return record && this.#set(applyEvent(record, event))
  }

  /**
   * Forgets what happened to bounties that have been over for long, when `head` is the newest block, and the records of those
   * that are not wanted.
   *
   * @returns the bounties of which nothing is known any more.
   */
  prune(head: number): Guid[] {
    const gone: Guid[] = []
    for (const [guid, events] of this.#events) {
      const last = events.at(-1)?.block_number ?? 0
      if (this.#open.has(guid) || last >= head - KEPT_BLOCKS) continue
      this.#events.delete(guid)
      const record = this.all.get(guid)
      if (record && this.#isWanted(record)) continue
      this.all.delete(guid)
      gone.push(guid)
    }
    return gone
  }

  /** Takes back what blocks above `number` said. */
  rollBack(number: number): void {
    for (const [guid, events] of this.#events) {
      const kept = events.filter((event) => event.block_number <= number)
      if (kept.length === events.length) continue
      const [first] = kept
      const terms = this.all.get(guid)?.terms
      this.all.delete(guid)
      this.#open.delete(guid)
      this.#events.delete(guid)
      if (first?.event !== 'bounty') continue
      this.#events.set(guid, kept)
      if (terms) this.begin(first, terms)
    }
  }

  #set(record: BountyRecord): BountyRecord {
    this.all.set(record.guid, record)
    if (isSettled(record)) this.#open.delete(record.guid)
    else this.#open.set(record.guid, record)
    return record
  }
}

function guidOf(event: MarketEvent): Guid | undefined {
  if (event.event === 'bounty') return event.data.guid
  return 'bounty_guid' in event.data ? event.data.bounty_guid : undefined
}
