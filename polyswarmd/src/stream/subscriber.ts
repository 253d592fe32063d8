import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import type { EventBatch } from './event-batch.js'
import type { EventText } from './event-text.js'
import { QueuedBytes } from './queued-bytes.js'

/** Bytes that may wait for a client that is sent single messages; one that fell further behind resumes. */
export const MAX_QUEUED_BYTES = 4 * 1024 * 1024

/** From here on a client that is sent batches gets the next when it has read. */
const FULL_QUEUE_BYTES = 256 * 1024

/** How long a client may read nothing of what waits for it, in ms. */
const ANSWER_LIMIT_MS = 30_000

/** How long a client may take to answer a close, in ms. */
const CLOSE_LIMIT_MS = 2_000

/** Status codes of RFC 6455 that a client may see. */
export const CLOSE = { normal: 1000, goingAway: 1001, policyViolation: 1008, tryAgainLater: 1013 } as const

/** How a client is served. */
export interface SubscriberOptions {
  withCursors: boolean
  /** In the log, of the last message that it has. */
  position: number
  /** How long it may read nothing of what waits for it, in ms. Default 30000. */
  patience?: number
}

/** One connection to `/events`: what it has been sent, and whether it takes events as they come. */
export class Subscriber {
  readonly socket: WebSocket
  /** Whether messages carry cursors, and re-orgs are told. */
  readonly withCursors: boolean
  /** Position in the log of the last message that was handed to the socket. */
  position: number
  /** Set once everything up to `position` was replayed: from then on the hub sends. */
  live = false
  /** Where what waits for this client is counted among what waits for all; alone, where nobody set it. */
  queued = new QueuedBytes(Number.POSITIVE_INFINITY)
  readonly #wire: Writable | undefined
  readonly #patience: number
  /** Pieces that wait, oldest first: since when, in ms of the monotonic clock, and what gives up the count. */
  readonly #sent = new Map<object, { at: number; release: () => void }>()

  /**
   * @param wire the connection below the WebSocket. Where it is given, batches go to it as they are, framed once for
   * all clients: a thousand of them cost as many writes, and not one for each message.
   */
  constructor(socket: WebSocket, options: SubscriberOptions, wire?: Writable) {
    this.socket = socket
    this.#wire = wire
    this.withCursors = options.withCursors
    this.position = options.position
    this.#patience = options.patience ?? ANSWER_LIMIT_MS
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN
  }

  /** Whether so much waits for this client that it should get no more before it has read. */
  get full(): boolean {
    return this.socket.bufferedAmount >= FULL_QUEUE_BYTES
  }

  /** Since when the oldest piece waits that the client has not read, in ms of the monotonic clock; never: infinity. */
  get waitingSince(): number {
    for (const { at } of this.#sent.values()) return at
    return Number.POSITIVE_INFINITY
  }

  /** Sends a message unless it was sent before. A client that does not read is cut off rather than waited for. */
  send(message: EventText): void {
    if (message.position <= this.position || !this.open) return
    this.position = message.position
    const text = this.withCursors ? message.withCursor : message.plain
    if (text === null) return
    const { bufferedAmount } = this.socket
    if (bufferedAmount > 0 && bufferedAmount + text.length > MAX_QUEUED_BYTES) {
      this.cutOff('too slow: resume with since and the last cursor')
      return
    }
    const done = this.#hold({}, text.length)
    this.socket.send(text, done)
  }

  /** Sends a message that has no place in the log, once what waits before it has been read. */
  async tell(text: string): Promise<void> {
    await this.drained()
    if (this.open) this.socket.send(text, this.#hold({}, text.length))
  }

  /**
   * Sends a batch, at once where the client has everything before it and nothing of it. Of one that is full already no
   * batch should be sent before it has `drained`.
   */
  sendAll(batch: EventBatch): void {
    if (batch.last <= this.position || !this.open) return
    if (!this.#wire || this.position >= batch.first) {
      for (const message of batch.messages) this.send(message)
      return
    }
    this.position = batch.last
    const frames = batch.frames(this.withCursors)
    const done = this.#hold(frames, frames.length)
    this.#wire.write(frames, done)
  }

  /** Waits until a client that is full has read what waits for it; one that reads nothing is cut off. */
  async drained(): Promise<void> {
    if (!this.full || !this.open) return
    // A ping is queued behind everything else: once it is flushed, so is the rest.
    const flushed = new Promise<void>((resolve) => {
      this.socket.ping(undefined, undefined, () => resolve())
    })
    const closed = new AbortController()
    const gone = once(this.socket, 'close', { signal: closed.signal }).catch(() => undefined)
    try {
      for (let left = this.socket.bufferedAmount; ; left = this.socket.bufferedAmount) {
        const patience = delay(this.#patience, 'late', { signal: closed.signal, ref: false }).catch(() => undefined)
        if ((await Promise.race([flushed, gone, patience])) !== 'late') return
        if (this.socket.bufferedAmount >= left) {
          this.cutOff('nothing was read: resume with since and the last cursor')
          return
        }
      }
    } finally {
      closed.abort()
    }
  }

  /** Takes down that a piece waits. Returns what says that it does no more. */
  #hold(piece: object, bytes: number): () => void {
    const { queued } = this
    const token = {}
    const release = () => {
      if (this.#sent.delete(token)) queued.release(piece, bytes)
    }
    this.#sent.set(token, { at: performance.now(), release })
    queued.hold(piece, bytes)
    return release
  }

  /** Ends the connection with a reason; a client that does not even read that is dropped soon after. */
  cutOff(reason: string, code: number = CLOSE.tryAgainLater): void {
    if (!this.open) return
    this.socket.close(code, reason)
    const timer = setTimeout(() => this.socket.terminate(), CLOSE_LIMIT_MS)
    timer.unref()
    this.socket.once('close', () => clearTimeout(timer))
  }

  /** Ends the connection at once, without a word: what waits for the client is given up. */
  drop(): void {
    this.socket.terminate()
    for (const { release } of this.#sent.values()) release()
  }
}
