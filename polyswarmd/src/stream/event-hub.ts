import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { MetadataDocuments } from '../artifacts/metadata-documents.js'
import type { Ledger } from '../ledger/ledger.js'
import type { EventBatch } from './event-batch.js'
import { EventLog } from './event-log.js'
import { Heartbeat } from './heartbeat.js'
import type { QueuedBytes } from './queued-bytes.js'
import { CLOSE, type Subscriber } from './subscriber.js'

/** Who has read nothing for so long may be dropped where too much waits, in ms. */
const STALLED = 2_000

/** How long a replay waits for room before it looks again, in ms. */
const ROOM_INTERVAL = 50

/**
 * Everybody who listens to one chain. New entries of the log are read and written once and sent to all who have read what
 * came before. Everybody else gets what it has not had from the ledger, at the pace at which it reads.
 */
export class EventHub {
  readonly #ledger: Ledger
  readonly #events: EventLog
  readonly #log: Logger
  readonly #queued: QueuedBytes
  readonly #subscribers = new Set<Subscriber>()
  readonly #heartbeat: Heartbeat
  #position: number
  #pumping = false
  #stopped = false

  /**
   * @param heartbeat pause between two pings in ms; a client that answered none of the last is gone.
   * @param queued what waits for subscribers, of this chain and others that share the same memory.
   */
  constructor(
    ledger: Ledger,
    documents: MetadataDocuments,
    log: Logger,
    { queued, heartbeat }: { queued: QueuedBytes; heartbeat?: number },
  ) {
    this.#ledger = ledger
    this.#events = new EventLog(ledger, documents)
    this.#log = log
    this.#queued = queued
    this.#position = ledger.lastPosition
    ledger.on('appended', () => void this.#pump())
    this.#heartbeat = new Heartbeat(heartbeat)
  }

  /** How many clients listen. */
  get size(): number {
    return this.#subscribers.size
  }

  /**
   * Serves a client from its position on, until it leaves.
   *
   * @param openSince where it is to be told of what is open before: position of the last message that it has seen, null for
   * none.
   */
  async serve(subscriber: Subscriber, openSince?: number | null): Promise<void> {
    const { socket } = subscriber
    subscriber.queued = this.#queued
    this.#subscribers.add(subscriber)
    this.#heartbeat.watch(socket)
    socket.once('close', () => this.#subscribers.delete(subscriber))
    if (openSince !== undefined) await this.#tellOpen(subscriber, openSince)
    await this.#replay(subscriber)
  }

  /** Says goodbye to everybody. */
  stop(): void {
    this.#stopped = true
    this.#heartbeat.stop()
    for (const subscriber of this.#subscribers) subscriber.cutOff('polyswarmd stops', CLOSE.goingAway)
  }

  /**
   * Sends what lies between a client's position and the end of the log, then hands it over to the pump. The end of the log
   * is seen and the client made live in the same breath, so that no entry can fall between: those the pump has still to
   * send are either after the client's position, or dropped because they are not.
   */
  async #replay(subscriber: Subscriber): Promise<void> {
    try {
      while (subscriber.open && !this.#stopped) {
        await subscriber.drained()
        if (this.#stopped || !subscriber.open) return
        const batch = await this.#events.after(subscriber.position)
        if (batch && this.#queued.exceeded) await this.#makeRoom()
        else if (batch) this.#send(subscriber, batch)
        else if (subscriber.position >= this.#events.last) {
          subscriber.live = true
          return
        }
      }
    } catch (error) {
      this.#log.error({ err: error }, 'a replay failed; its client resumes by cursor')
      subscriber.cutOff('internal error: resume with since and the last cursor')
    }
  }

  /** Sends what is open at a client's position. */
  async #tellOpen(subscriber: Subscriber, since: number | null): Promise<void> {
    try {
      for await (const message of this.#events.open(since, subscriber.position)) {
        while (this.#queued.exceeded && subscriber.open && !this.#stopped) await this.#makeRoom()
        if (this.#stopped || !subscriber.open) return
        await subscriber.tell(message)
      }
    } catch (error) {
      this.#log.error({ err: error }, 'what is open could not be told; its client tries again')
      subscriber.cutOff('internal error: try again')
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
        const batch = await this.#events.after(this.#position)
        if (!batch) {
          if (this.#position >= this.#events.last) return
          continue
        }
        this.#position = batch.last
        for (const subscriber of this.#subscribers) if (subscriber.live) this.#send(subscriber, batch)
      }
    } catch (error) {
      this.#log.error({ err: error }, 'events could not be sent; clients resume by cursor')
      for (const subscriber of this.#subscribers) subscriber.cutOff('internal error: resume with since')
    } finally {
      this.#pumping = false
    }
  }

  #send(subscriber: Subscriber, batch: EventBatch): void {
    subscriber.sendAll(batch)
    if (subscriber.live && subscriber.full) {
      // It has enough to read: what follows it gets from the ledger, when it has read that.
      subscriber.live = false
      void this.#replay(subscriber)
    }
  }

  /**
   * Waits until less is queued, which happens as clients read. Those that read nothing for a while are dropped meanwhile, the
   * slowest first: nobody who reads is.
   */
  async #makeRoom(): Promise<void> {
    const stalled = [...this.#subscribers]
      .filter(({ waitingSince }) => waitingSince <= performance.now() - STALLED)
      .sort((a, b) => a.waitingSince - b.waitingSince)
    for (const subscriber of stalled) {
      if (!this.#queued.exceeded) return
      this.#log.info('too much waits for subscribers: the one that has read nothing for longest is dropped')
      this.#subscribers.delete(subscriber)
      subscriber.drop()
    }
    await delay(ROOM_INTERVAL, undefined, { ref: false })
  }

  #someoneIsLive(): boolean {
    for (const { live } of this.#subscribers) if (live) return true
    return false
  }
}
