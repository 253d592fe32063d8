import { EventStream, type PolyswarmdClient } from '@polyswarm/participants'
import { type Guid, type MarketEvent, type MarketEventOf, PolySwarmError } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { applyEvent, type BountyRecord, isSettled, openRecord } from './bounty-record.js'

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
}

/**
 * Follows a market through polyswarmd's events and keeps every bounty's record, as anyone could. Bounties posted before
 * `fromBlock` are followed like the others.
 */
export class MarketWatch {
  readonly bounties = new Map<Guid, BountyRecord>()
  head = 0
  readonly #client: PolyswarmdClient
  readonly #logger: Logger
  /** What happened since the oldest block that the chain may still take back, to begin anew from there. */
  #history: MarketEvent[] = []
  /** Bounties whose terms could not be asked for yet. */
  readonly #unread = new Map<Guid, MarketEventOf<'bounty'>>()

  constructor(client: PolyswarmdClient, logger: Logger) {
    this.#client = client
    this.#logger = logger
  }

  /** The bounties that are not over. */
  get open(): BountyRecord[] {
    return [...this.bounties.values()].filter((record) => !isSettled(record))
  }

  /** Follows the market until the signal is aborted. */
  async run(listener: WatchListener, signal: AbortSignal): Promise<void> {
    const { url, chain } = this.#client
    const stream = new EventStream({ url, chain, since: '0', logger: this.#logger })
    for await (const event of stream.events(signal)) await this.#handle(event, listener, signal)
  }

  async #handle(event: MarketEvent, listener: WatchListener, signal: AbortSignal): Promise<void> {
    switch (event.event) {
      case 'block':
        this.head = event.data.number
        for (const unread of [...this.#unread.values()]) await this.#tell(unread, listener, signal)
        return listener.block(this.head)
      case 'reorg':
        await this.#rollBack(event.data.number, listener, signal)
        return listener.reorg(event.data.number)
      case 'connected':
        return
      default:
        this.#history.push(event)
        await this.#tell(event, listener, signal)
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
    if (event.event === 'bounty') {
      const { guid } = event.data
      if (this.bounties.has(guid)) return undefined
      const terms = await this.#client.bountyTerms(guid, signal)
      // What has happened to it while nobody knew its terms.
      const record = this.#history.reduce(applyEvent, openRecord(event, terms))
      this.bounties.set(guid, record)
      return record
    }
    const guid = 'bounty_guid' in event.data ? event.data.bounty_guid : undefined
    const record = guid && this.bounties.get(guid)
    if (!guid || !record) return undefined
    const next = applyEvent(record, event)
    this.bounties.set(guid, next)
    return next
  }

  /** A re-org is rare: what is left of history is told again from the start. */
  async #rollBack(number: number, listener: WatchListener, signal: AbortSignal): Promise<void> {
    const kept = this.#history.filter((event) => 'block_number' in event && event.block_number <= number)
    this.bounties.clear()
    this.#unread.clear()
    this.#history = kept
    this.head = number
    const silent = { ...listener, bounty: () => undefined }
    for (const event of kept) await this.#tell(event, silent, signal)
  }
}
