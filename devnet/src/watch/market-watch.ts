import { EventStream, type PolyswarmdClient } from '@polyswarm/participants'
import { type Guid, type MarketEvent, type MarketEventOf, PolySwarmError } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { BountyRecord } from './bounty-record.js'
import { BountyRecords } from './bounty-records.js'
import { missedEvents } from './missed-events.js'

/** What a watcher of the market is told. */
export interface WatchListener {
  /** Something happened to a bounty; `record` is the bounty after it. */
  bounty(event: MarketEvent, record: BountyRecord): void
  /** An event or its bounty's terms could not be read; it is passed over, or read with a later block. */
  unreadable(event: MarketEvent, reason: string): void
  /** The chain has a new head. */
  block(number: number): void
  /** Blocks above `number` are no longer part of the chain. */
  reorg(number: number): void
  /** A bounty has been over for long, and nothing is known of it any more. */
  forgotten?(guid: Guid): void
}

/**
 * Follows a market through polyswarmd's events and keeps the records of its bounties, as anyone could. A market that is old
 * is followed from what is open.
 */
export class MarketWatch {
  head = 0
  readonly #records: BountyRecords
  readonly #client: PolyswarmdClient
  readonly #logger: Logger
  /** Bounties whose terms could not be asked for yet. */
  readonly #unread = new Map<Guid, MarketEventOf<'bounty'>>()

  /** @param isWanted whether the record of a bounty is kept when it has been over for long; by default all are. */
  constructor(client: PolyswarmdClient, logger: Logger, isWanted?: (record: BountyRecord) => boolean) {
    this.#records = new BountyRecords(isWanted)
    this.#client = client
    this.#logger = logger
  }

  /** The bounties that are known, in the order of posting. */
  get bounties(): ReadonlyMap<Guid, BountyRecord> {
    return this.#records.all
  }

  /** The bounties that are not over. */
  get open(): BountyRecord[] {
    return this.#records.open
  }

  /** Follows the market until the signal is aborted. */
  async run(listener: WatchListener, signal: AbortSignal): Promise<void> {
    const { url, chain } = this.#client
    const stream = new EventStream({ url, chain, since: '0', openOnly: true, logger: this.#logger })
    for await (const event of stream.events(signal)) await this.#handle(event, listener, signal)
  }

  async #handle(event: MarketEvent, listener: WatchListener, signal: AbortSignal): Promise<void> {
    switch (event.event) {
      case 'block':
        this.head = event.data.number
        for (const unread of [...this.#unread.values()]) await this.#tell(unread, listener, signal)
        for (const guid of this.#records.prune(this.head)) listener.forgotten?.(guid)
        return listener.block(this.head)
      case 'reorg':
        this.#rollBack(event.data.number)
        return listener.reorg(event.data.number)
      case 'connected':
        return
      case 'snapshot':
        this.head = event.data.number
        return this.#catchUp(signal)
      default:
        this.#records.hear(event)
        await this.#tell(event, listener, signal)
    }
  }

  /** What is open was told without what has happened to it. */
  async #catchUp(signal: AbortSignal): Promise<void> {
    for (const record of this.open) {
      for (const event of await missedEvents(this.#client, record, signal)) {
        this.#records.hear(event)
        this.#records.apply(event)
      }
    }
  }

  /** Whatever is wrong with one event, the story goes on with the next. */
  async #tell(event: MarketEvent, listener: WatchListener, signal: AbortSignal): Promise<void> {
    const guid = event.event === 'bounty' ? event.data.guid : undefined
    const isNew = guid === undefined || !this.#unread.has(guid)
    try {
      if (guid !== undefined) this.#unread.delete(guid)
      const record = await this.#apply(event, signal)
      if (record) listener.bounty(event, record)
    } catch (error) {
      if (signal.aborted) return
      if (event.event === 'bounty' && error instanceof PolySwarmError && error.retryable) {
        this.#unread.set(event.data.guid, event)
      }
      if (isNew) listener.unreadable(event, (error as Error).message)
    }
  }

  async #apply(event: MarketEvent, signal: AbortSignal): Promise<BountyRecord | undefined> {
    if (event.event !== 'bounty') return this.#records.apply(event)
    const { guid, terms } = event.data
    if (this.bounties.has(guid)) return undefined
    return this.#records.begin(event, terms ?? (await this.#client.bountyTerms(guid, signal)))
  }

  #rollBack(number: number): void {
    this.#records.rollBack(number)
    for (const [guid, event] of this.#unread) if (event.block_number > number) this.#unread.delete(guid)
    this.head = number
  }
}
