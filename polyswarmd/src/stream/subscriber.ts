import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import type { EventBatch } from './event-batch.js'
import type { EventText } from './event-text.js'

/**
 * Bytes that may wait for one client. A quarter of an hour of a busy market fits in; a client that fell further behind
 * resumes.
 */
export const MAX_QUEUED_BYTES = 4 * 1024 * 1024

/** From here on a replay waits until the client has read. */
const REPLAY_QUEUED_BYTES = 256 * 1024

/** How long a replay waits for a client that reads nothing, in ms. */
const REPLAY_PATIENCE = 30_000

/** How long a client may take to answer a close, in ms. */
const CLOSE_PATIENCE = 2_000

/** Status codes of RFC 6455 that a client may see. */
export const CLOSE = { normal: 1000, goingAway: 1001, policyViolation: 1008, tryAgainLater: 1013 } as const

/** One connection to `/events`: what it has been sent, and whether it takes events as they come. */
export class Subscriber {
  readonly socket: WebSocket
  /** Whether messages carry cursors, and re-orgs are told. */
  readonly withCursors: boolean
  /** Position in the log of the last message that was handed to the socket. */
  position: number
  /** Set once everything up to `position` was replayed: from then on the hub sends. */
  live = false
  readonly #wire: Writable | undefined

  /**
   * @param wire the connection below the WebSocket. Where it is given, batches go to it as they are, framed once for
   * all clients: a thousand of them cost as many writes, and not one for each message.
   */
  constructor(socket: WebSocket, options: { withCursors: boolean; position: number }, wire?: Writable) {
    this.socket = socket
    this.#wire = wire
    this.withCursors = options.withCursors
    this.position = options.position
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN
  }

  /** Sends a message unless it was sent before. A client that does not read is cut off rather than waited for. */
  send(message: EventText): void {
    if (message.position <= this.position || !this.open) return
    this.position = message.position
    const text = this.withCursors ? message.withCursor : message.plain
    if (text === null) return
    if (this.#fits(text.length)) this.socket.send(text)
  }

  /** Sends a batch, at once where the client has everything before it and nothing of it. */
  sendAll(batch: EventBatch): void {
    if (batch.last <= this.position || !this.open) return
    if (!this.#wire || this.position >= batch.first) {
      for (const message of batch.messages) this.send(message)
      return
    }
    this.position = batch.last
    const frames = batch.frames(this.withCursors)
    if (this.#fits(frames.length)) this.#wire.write(frames)
  }

  /** During a replay: waits until the client has taken most of what it was sent. */
  async drained(): Promise<void> {
    if (this.socket.bufferedAmount < REPLAY_QUEUED_BYTES || !this.open) return
    // A ping is queued behind everything else: once it is flushed, so is the rest.
    const flushed = new Promise<void>((resolve) => {
      this.socket.ping(undefined, undefined, () => resolve())
    })
    const patience = new AbortController()
    const impatient = delay(REPLAY_PATIENCE, 'slow', { signal: patience.signal }).catch(() => 'gone')
    const closed = once(this.socket, 'close', { signal: patience.signal }).catch(() => undefined)
    const outcome = await Promise.race([flushed, impatient, closed])
    patience.abort()
    if (outcome === 'slow') this.cutOff('replay is not read: resume with since and the last cursor')
  }

  /** Ends the connection with a reason; a client that does not even read that is dropped soon after. */
  cutOff(reason: string, code: number = CLOSE.tryAgainLater): void {
    if (!this.open) return
    this.socket.close(code, reason)
    const timer = setTimeout(() => this.socket.terminate(), CLOSE_PATIENCE)
    timer.unref()
    this.socket.once('close', () => clearTimeout(timer))
  }

  /** Whether so many bytes may still wait for this client; it is cut off otherwise. */
  #fits(bytes: number): boolean {
    if (this.socket.bufferedAmount + bytes <= MAX_QUEUED_BYTES) return true
    this.cutOff('too slow: resume with since and the last cursor')
    return false
  }
}
