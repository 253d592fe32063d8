import type { Logger } from 'pino'
import type { MetadataDocuments } from '../artifacts/metadata-documents.js'
import type { Ledger } from '../ledger/ledger.js'
import { EventBatch } from './event-batch.js'
import { type EventText, EventWriter } from './event-text.js'
import { Heartbeat } from './heartbeat.js'
import { CLOSE, type Subscriber } from './subscriber.js'

/** Entries that are read from the ledger at a time. */
const BATCH = 500

/** Messages are sent together up to about so many bytes. */
const BATCH_BYTES = 128 * 1024

/**
 * Everybody who listens to one chain. New entries of the log are read and written once and sent to all; a client that
 * begins further back gets what it missed straight from the ledger first.
 */
export class EventHub {
  readonly #ledger: Ledger
  readonly #writer: EventWriter
  readonly #log: Logger
  readonly #subscribers = new Set<Subscriber>()
  readonly #heartbeat: Heartbeat
  #position: number
  #pumping = false
  #stopped = false

  /** @param heartbeat pause between two pings in ms; a client that answered none of the last is gone. */
  constructor(ledger: Ledger, documents: MetadataDocuments, log: Logger, heartbeat?: number) {
    this.#ledger = ledger
    this.#writer = new EventWriter(ledger.id, documents)
    this.#log = log
    this.#position = ledger.lastPosition
    ledger.on('appended', () => void this.#pump())
    this.#heartbeat = new Heartbeat(heartbeat)
  }

  /** How many clients listen. */
  get size(): number {
    return this.#subscribers.size
  }

  /** Serves a client from its position on, until it leaves. */
  async serve(subscriber: Subscriber): Promise<void> {
    const { socket } = subscriber
    this.#subscribers.add(subscriber)
    this.#heartbeat.watch(socket)
    socket.once('close', () => this.#subscribers.delete(subscriber))
    try {
      await this.#replay(subscriber)
    } catch (error) {
      this.#log.error({ err: error }, 'a replay failed; its client resumes by cursor')
      subscriber.cutOff('internal error: resume with since and the last cursor')
    }
  }

  /** Says goodbye to everybody. */
  stop(): void {
    this.#stopped = true
    this.#heartbeat.stop()
    for (const subscriber of this.#subscribers) subscriber.cutOff('polyswarmd stops', CLOSE.goingAway)
  }

  /**
   * Sends what lies between a client's position and the end of the log, then hands it over to the pump. The ledger is
   * read and the client made live in the same breath, so that no entry can fall between: those the pump has still to
   * send are either after the client's position, or dropped because they are not.
   */
  async #replay(subscriber: Subscriber): Promise<void> {
    while (subscriber.open && !this.#stopped) {
      const entries = this.#ledger.entriesAfter(subscriber.position, BATCH)
      if (entries.length === 0) {
        subscriber.live = true
        return
      }
      for (const batch of batchesOf(await this.#writer.writeAll(entries))) {
        subscriber.sendAll(batch)
        await subscriber.drained()
      }
    }
  }

  /** Sends new entries to all who are live, one batch at a time, in order. */
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (!this.#stopped) {
        // While nobody is live, nothing needs to be read: whoever comes replays from where it stands.
        if (!this.#someoneIsLive()) this.#position = this.#ledger.lastPosition
        const entries = this.#ledger.entriesAfter(this.#position, BATCH)
        if (entries.length === 0) return
        for (const batch of batchesOf(await this.#writer.writeAll(entries))) {
          this.#position = batch.last
          for (const subscriber of this.#subscribers) if (subscriber.live) subscriber.sendAll(batch)
        }
      }
    } catch (error) {
      this.#log.error({ err: error }, 'events could not be sent; clients resume by cursor')
      for (const subscriber of this.#subscribers) subscriber.cutOff('internal error: resume with since')
    } finally {
      this.#pumping = false
    }
  }

  #someoneIsLive(): boolean {
    for (const { live } of this.#subscribers) if (live) return true
    return false
  }
}

/** Messages in batches of some size, so that one client's queue grows in small steps. */
function batchesOf(messages: readonly EventText[]): EventBatch[] {
  const batches: EventBatch[] = []
  let begun: EventText[] = []
  let size = 0
  for (const message of messages) {
    begun.push(message)
    size += message.withCursor.length
    if (size < BATCH_BYTES) continue
    batches.push(new EventBatch(begun))
    begun = []
    size = 0
  }
  if (begun.length > 0) batches.push(new EventBatch(begun))
  return batches
}
