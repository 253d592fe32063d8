import type { Guid } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { readChannelStage } from '../ledger/channel-reader.js'
import type { Ledger } from '../ledger/ledger.js'
import { eventText } from '../stream/event-text.js'
import type { Heartbeat } from '../stream/heartbeat.js'
import { CLOSE, type Subscriber } from '../stream/subscriber.js'

/** Entries that are read from the ledger at a time. */
const BATCH = 500

/**
 * Everybody who listens to single offer channels. A channel says little, so each client reads what is new to it from the
 * ledger, and its connection ends with the channel.
 */
export class ChannelEvents {
  readonly #ledger: Ledger
  readonly #heartbeat: Heartbeat
  readonly #subscribers = new Map<Subscriber, Guid>()

  constructor(ledger: Ledger, heartbeat: Heartbeat, log: Logger) {
    this.#ledger = ledger
    this.#heartbeat = heartbeat
    ledger.on('appended', () => {
      try {
        for (const [subscriber, guid] of this.#subscribers) this.#send(subscriber, guid)
      } catch (error) {
        log.error({ err: error }, 'events of offers could not be sent; clients resume by cursor')
        for (const subscriber of this.#subscribers.keys()) subscriber.cutOff('internal error: resume with since')
      }
    })
  }

  /** How many clients listen. */
  get size(): number {
    return this.#subscribers.size
  }

  /** Serves a client from its position on, until it leaves or the channel closes. */
  serve(subscriber: Subscriber, guid: Guid): void {
    this.#subscribers.set(subscriber, guid)
    this.#heartbeat.watch(subscriber.socket)
    subscriber.socket.once('close', () => this.#subscribers.delete(subscriber))
    this.#send(subscriber, guid)
  }

  /** Says goodbye to everybody. */
  stop(): void {
    for (const subscriber of this.#subscribers.keys()) subscriber.cutOff('polyswarmd stops', CLOSE.goingAway)
  }

  #send(subscriber: Subscriber, guid: Guid): void {
    while (subscriber.open) {
      const entries = this.#ledger.channelEntriesAfter(guid, subscriber.position, BATCH)
      for (const entry of entries) subscriber.send(eventText(this.#ledger.id, entry))
      if (entries.length < BATCH) break
    }
    if (readChannelStage(this.#ledger, guid) === 'closed') subscriber.cutOff('the channel is closed', CLOSE.normal)
  }
}
