import { type MarketEvent, marketEvent } from '@polyswarm/protocol'
import { parseJson } from '@polyswarm/protocol/json'
import { currentSession } from '../client/session.js'
import { MarketState } from './market-state.js'
import { Pace } from './pace.js'

/** How the stream of events is. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'live' /** Block after which it went on, where it had been lost. */; resumedAt: number | null }
  | { state: 'lost' /** Milliseconds of the clock. */; since: number; nextTry: number }

/** Milliseconds between two updates of what is shown: however many events come, the page draws this often. */
const FRAME = 100

/** Milliseconds before the first and before the later tries to connect again. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000

/** Follows the market over a WebSocket, resumes by cursor what was lost, and tells whoever shows it at a bounded pace. */
export class MarketFeed {
  readonly state = new MarketState()
  readonly pace = new Pace()
  connection: Connection = { state: 'connecting' }
  /** Called when a stream begins whose past is to be asked for. */
  onSnapshot: () => void = () => undefined
  readonly #listeners = new Set<() => void>()
  #socket: WebSocket | undefined
  #cursor = '0'
  #tries = 0
  #waiting: MarketEvent[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #version = 0
  #lostAt: number | null = null

  /** Connects, and goes on until `stop`. */
  start(): void {
    this.#connect()
  }

  /** Ends it. */
  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#retry)
    this.#timer = undefined
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  /** Ends a wait for the next try, and begins anew with the keys of now. */
  reconnect(): void {
    this.stop()
    this.#tries = 0
    this.#connect()
  }

  /** Calls back when there is something new to show; returns what ends that. */
  readonly subscribe = (hear: () => void): (() => void) => {
    this.#listeners.add(hear)
    return () => this.#listeners.delete(hear)
  }

  /** Changes when there is something new to show. */
  readonly version = (): number => this.#version

  /** Something besides events has changed. */
  tell(): void {
    this.#version++
    for (const hear of this.#listeners) hear()
  }

  #connect(): void {
    const url = new URL('/api/daemon/events', location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    url.search = String(new URLSearchParams({ chain: 'side', since: this.#cursor, resume: 'open' }))
    const { daemonKey } = currentSession()
    const socket = new WebSocket(url, daemonKey === '' ? [] : ['polyswarm.events', `polyswarm.key.${hexOf(daemonKey)}`])
    this.#socket = socket
    this.state.begin()
    socket.onmessage = ({ data }) => socket === this.#socket && this.#hear(String(data))
    socket.onclose = () => socket === this.#socket && this.#lose()
  }

  #lose(): void {
    this.#socket = undefined
    this.pace.reset()
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#tries++, LONGEST_PAUSE)
    this.#lostAt ??= Date.now()
    this.connection = { state: 'lost', since: this.#lostAt, nextTry: Date.now() + pause }
    this.#retry = setTimeout(() => this.#connect(), pause)
    this.tell()
  }

  #hear(text: string): void {
    let event: MarketEvent
    try {
      event = marketEvent.parse(parseJson(text))
    } catch {
      // A kind of event that this page does not know, or one that says nothing: the stream goes on.
      return
    }
    if (event.event === 'connected') {
      const resumed = this.#lostAt !== null && this.#cursor !== '0'
      this.connection = { state: 'live', resumedAt: resumed ? this.state.head : null }
      this.#lostAt = null
      this.#tries = 0
    }
    if (event.cursor !== undefined) this.#cursor = event.cursor
    this.#waiting.push(event)
    this.#timer ??= setTimeout(() => this.#flush(), FRAME)
  }

  #flush(): void {
    this.#timer = undefined
    const events = this.#waiting
    this.#waiting = []
    let isNew = false
    for (const event of events) {
      this.state.apply(event)
      if (event.event === 'block') this.pace.add(event.data.number, performance.now())
      if (event.event === 'snapshot' || event.event === 'reorg') isNew = true
    }
    if (isNew) this.onSnapshot()
    this.tell()
  }
}

function hexOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
