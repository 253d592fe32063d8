import { setTimeout as delay } from 'node:timers/promises'
import { type Guid, type MarketEvent, marketEvent, parseGuid, parseJson } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import WebSocket from 'ws'
import { z } from 'zod'
import { GatewayUnavailableError } from '../errors.js'
import { backoff } from './retry.js'

/** Where events come from, and from where on. */
export interface EventStreamOptions {
  /** Base URL of the polyswarmd. */
  url: URL
  chain: string
  apiKey?: string | undefined
  /** Cursor to resume after; `0` for everything from the beginning. */
  since: string
  /**
   * Whether to begin with what is open, where that is the shorter way from there to now: then events without cursors come
   * first, at most a `reorg`, `deprecated` and those of open bounties, and after them a `snapshot`.
   */
  openOnly?: boolean
  logger: Logger
  /** Milliseconds of silence (no message, no ping) after which a connection counts as dead; 30,000 by default. */
  silence?: number
  /** Called for each connection that stands, before its events. */
  onConnected?: () => void
  /** Called for each event that cannot be read, with the bounty that it names, if it does. */
  onUnreadable?: (guid: Guid | undefined) => void
}

/** A metadata document has at most 1 MiB, of which numbers such as 1e20 can become four times as much in an event. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
const QUEUE_HIGH = 2_000
const QUEUE_LOW = 500
/** Characters that wait to be read; a connection that has brought more is left alone until they are. */
const QUEUE_SIZE_HIGH = 16 * 1024 * 1024

/**
 * The events of one chain, in order and without gap or double, for as long as somebody asks for the next one. A lost
 * connection is taken up again after the last event that was handed out, with growing pauses. A reader that is slow slows
 * the connection down; nothing is buffered without bound.
 */
export class EventStream {
  readonly #options: EventStreamOptions
  #cursor: string

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.#cursor = options.since
  }

  /** Yields until the signal is aborted; then ends without error. */
  async *events(signal: AbortSignal): AsyncGenerator<MarketEvent, void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        for await (const event of this.#connection(signal)) {
          failures = 0
          if ('cursor' in event && event.cursor !== undefined) this.#cursor = event.cursor
          yield event
        }
      } catch (error) {
        if (signal.aborted) return
        failures++
        const wait = backoff(failures, 100, 15_000)
        this.#options.logger.warn({ reason: (error as Error).message, wait: Math.round(wait) }, 'lost the event stream')
        await delay(wait, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async *#connection(signal: AbortSignal): AsyncGenerator<MarketEvent, void> {
    const url = this.#address()
    const socket = new WebSocket(url, {
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: 10_000,
      headers: this.#options.apiKey ? { authorization: this.#options.apiKey } : {},
    })
    const inbox = new Inbox(socket, this.#options.silence ?? 30_000, signal)
    try {
      for (;;) {
        const event = this.#read(await inbox.next())
        if (event === undefined) continue
        if (event.event === 'connected') this.#options.onConnected?.()
        yield event
      }
    } finally {
      inbox.close()
    }
  }

  /**
   * An event whose kind is not known is passed over: a newer daemon may send kinds that this participant has no use for. So
   * is one that is malformed: to stop at it would stop every reveal after it as well. What it says of this participant's
   * own money can be read elsewhere: from receipts, and from the bounty itself.
   */
  #read(message: string): MarketEvent | undefined {
    let value: unknown
    try {
      value = parseJson(message)
      return marketEvent.parse(value)
    } catch (error) {
      const { cursor, event, guid } = outlineOf(value)
      const what = { bytes: message.length, cursor, event, guid }
      this.#options.logger.error({ ...what, reason: reasonOf(error) }, 'passed over an event that cannot be read')
      if (cursor !== undefined) this.#cursor = cursor
      this.#options.onUnreadable?.(guid)
      return undefined
    }
  }

  #address(): string {
    const url = new URL(this.#options.url)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.pathname = `${url.pathname.replace(/\/$/, '')}/events/`
    url.searchParams.set('chain', this.#options.chain)
    url.searchParams.set('since', this.#cursor)
    if (this.#options.openOnly === true) url.searchParams.set('resume', 'open')
    return url.href
  }
}

/** The messages of one socket that nobody has asked for yet. */
class Inbox {
  readonly #socket: WebSocket
  readonly #queue: string[] = []
  #queueSize = 0
  readonly #silence: number
  readonly #signal: AbortSignal
  readonly #onAbort = () => this.#fail(new GatewayUnavailableError({ url: this.#socket.url, reason: 'stopping' }))
  #waiting: PromiseWithResolvers<string> | undefined
  #failure: Error | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, silence: number, signal: AbortSignal) {
    this.#socket = socket
    this.#silence = silence
    this.#signal = signal
    socket.on('message', (data) => this.#take(data.toString()))
    socket.on('ping', () => this.#alive())
    socket.on('open', () => this.#alive())
    socket.on('error', (error) => this.#fail(this.#lost(error.message)))
    socket.on('close', (code, reason) =>
      this.#fail(this.#lost(`closed with ${code} ${reason.toString().slice(0, 200)}`)),
    )
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  next(): Promise<string> {
    const message = this.#queue.shift()
    this.#queueSize -= message?.length ?? 0
    const isLow = this.#queue.length < QUEUE_LOW && this.#queueSize <= QUEUE_SIZE_HIGH
    if (isLow && this.#socket.isPaused) this.#socket.resume()
    if (message !== undefined) return Promise.resolve(message)
    if (this.#failure) return Promise.reject(this.#failure)
    this.#waiting = Promise.withResolvers<string>()
    return this.#waiting.promise
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#failure ??= this.#lost('closed')
    this.#socket.terminate()
  }

  #take(message: string): void {
    this.#alive()
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) waiting.resolve(message)
    else {
      this.#queue.push(message)
      this.#queueSize += message.length
    }
    if (this.#queue.length > QUEUE_HIGH || this.#queueSize > QUEUE_SIZE_HIGH) this.#socket.pause()
  }

  #alive(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#socket.isPaused) this.#alive()
      else this.#fail(this.#lost(`silent for ${this.#silence} ms`))
    }, this.#silence)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    clearTimeout(this.#timer)
    this.#waiting?.reject(this.#failure)
    this.#waiting = undefined
  }

  #lost(reason: string): GatewayUnavailableError {
    return new GatewayUnavailableError({ url: this.#socket.url.replace(/\?.*/, ''), reason })
  }
}

/** What an event that is not understood says of itself, as far as that can be believed. */
function outlineOf(value: unknown): { cursor?: string; event?: string; guid?: Guid } {
  const { cursor, event, data } = Object(value) as Record<string, unknown>
  const { guid, bounty_guid = guid } = Object(data) as Record<string, unknown>
  return {
    ...(isShort(cursor) && { cursor }),
    ...(isShort(event) && { event }),
    ...(isShort(bounty_guid) && isGuid(bounty_guid) && { guid: parseGuid(bounty_guid) }),
  }
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 100
}

function isGuid(text: string): boolean {
  try {
    return parseGuid(text) !== undefined
  } catch {
    return false
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message
  const [issue] = error.issues
  return `${issue?.path.join('.')}: ${issue?.message}`
}
