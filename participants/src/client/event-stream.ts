import { setTimeout as delay } from 'node:timers/promises'
import { type MarketEvent, marketEvent, parseJson } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import WebSocket from 'ws'
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
  logger: Logger
  /** Milliseconds of silence (no message, no ping) after which a connection counts as dead; 30,000 by default. */
  silence?: number
  /** Called for each connection that stands, before its events. */
  onConnected?: () => void
}

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const QUEUE_HIGH = 2_000
const QUEUE_LOW = 500

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
        const event = readEvent(await inbox.next(), this.#options.logger)
        if (event === undefined) continue
        if (event.event === 'connected') this.#options.onConnected?.()
        yield event
      }
    } finally {
      inbox.close()
    }
  }

  #address(): string {
    const url = new URL(this.#options.url)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.pathname = `${url.pathname.replace(/\/$/, '')}/events/`
    url.searchParams.set('chain', this.#options.chain)
    url.searchParams.set('since', this.#cursor)
    return url.href
  }
}

/** The messages of one socket that nobody has asked for yet. */
class Inbox {
  readonly #socket: WebSocket
  readonly #queue: string[] = []
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
    if (this.#queue.length < QUEUE_LOW && this.#socket.isPaused) this.#socket.resume()
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
    else this.#queue.push(message)
    if (this.#queue.length > QUEUE_HIGH) this.#socket.pause()
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

/**
 * An event whose kind is not known is passed over: a newer daemon may send kinds that this participant has no use for. So
 * is one that is malformed: to stop at it would stop every reveal after it as well, and what concerns this participant's
 * own money it also learns from receipts and from reading the bounty.
 */
function readEvent(message: string, logger: Logger): MarketEvent | undefined {
  let value: unknown
  try {
    value = parseJson(message)
  } catch {
    logger.error({ bytes: message.length }, 'passed over a message that is not JSON')
    return undefined
  }
  const result = marketEvent.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  logger.error({ at: issue?.path.join('.'), reason: issue?.message }, 'passed over an event that is not understood')
  return undefined
}
