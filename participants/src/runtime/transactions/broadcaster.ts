import type { Hex } from 'viem'
import type { OutboxEntry } from '../journal/outbox.js'

/** The node's word on one transaction; undefined where it said nothing. */
export type BroadcastAnswer = { is_error: boolean; message: string } | undefined

/** What a broadcaster sends with, and whom it tells. */
export interface BroadcasterOptions {
  /** Sends transactions in order, and gives an answer for each. */
  send: (raw: readonly Hex[], signal: AbortSignal) => Promise<readonly { is_error: boolean; message: string }[]>
  /** Called when a transaction is about to leave. Where it returns false it stays. */
  leaving: (entry: OutboxEntry, head: number) => boolean
  /** Called with what the node said of it. */
  answered: (entry: OutboxEntry, answer: BroadcastAnswer, head: number) => void
}

interface Parcel {
  entry: OutboxEntry
  head: number
  signal: AbortSignal
  sent: PromiseWithResolvers<void>
}

/** What `POST /transactions` takes. */
const MOST_AT_ONCE = 10

/**
 * Sends transactions in the order in which they are handed in, one request after the other. What gathers while a request is
 * under way goes with the next, up to ten at a time; but never two of one attempt, since the second is of no use where the
 * first is refused.
 */
export class Broadcaster {
  readonly #options: BroadcasterOptions
  readonly #queue: Parcel[] = []
  readonly #waiting = new Set<number>()
  #running = false

  constructor(options: BroadcasterOptions) {
    this.#options = options
  }

  /** Whether a transaction is waiting to be sent, or is being sent. */
  holds(entry: OutboxEntry): boolean {
    return this.#waiting.has(entry.id)
  }

  /**
   * Takes transactions in line at once.
   *
   * @returns when all of them were sent.
   * @throws GatewayUnavailableError and its kin: then nothing that waits in line is sent either.
   */
  async send(entries: readonly OutboxEntry[], head: number, signal: AbortSignal): Promise<void> {
    const parcels = entries.map((entry) => ({ entry, head, signal, sent: Promise.withResolvers<void>() }))
    for (const parcel of parcels) {
      this.#queue.push(parcel)
      this.#waiting.add(parcel.entry.id)
    }
    const all = Promise.allSettled(parcels.map(({ sent }) => sent.promise))
    if (!this.#running) void this.#run()
    for (const result of await all) if (result.status === 'rejected') throw result.reason
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#queue.length > 0) {
      const batch = this.#next()
      try {
        await this.#post(batch)
        for (const parcel of batch) this.#done(parcel)
      } catch (error) {
        for (const parcel of [...batch, ...this.#queue.splice(0)]) this.#done(parcel, error)
      }
    }
    this.#running = false
  }

  #next(): Parcel[] {
    const batch: Parcel[] = []
    const attempts = new Set<string>()
    for (const parcel of this.#queue) {
      const attempt = attemptOf(parcel.entry)
      if (batch.length === MOST_AT_ONCE || attempts.has(attempt)) break
      attempts.add(attempt)
      batch.push(parcel)
    }
    this.#queue.splice(0, batch.length)
    return batch
  }

  async #post(batch: readonly Parcel[]): Promise<void> {
    const { send, leaving, answered } = this.#options
    const leave = batch.filter(({ entry, head }) => leaving(entry, head))
    const [first] = leave
    if (!first) return
    first.signal.throwIfAborted()
    const answers = await send(
      leave.map(({ entry }) => entry.raw),
      first.signal,
    )
    for (const [index, { entry, head }] of leave.entries()) answered(entry, answers[index], head)
  }

  #done({ entry, sent }: Parcel, error?: unknown): void {
    this.#waiting.delete(entry.id)
    if (error === undefined) sent.resolve()
    else sent.reject(error)
  }
}

/** Names the attempt that a transaction belongs to. */
export function attemptOf({ guid, kind, attempt }: OutboxEntry): string {
  return `${guid} ${kind} ${attempt}`
}
