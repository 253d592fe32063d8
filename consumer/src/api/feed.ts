import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { stringifyJson } from '@polyswarm/protocol'
import type { Instance } from '@polyswarm/protocol/consumer'
import { ConsumerUnavailableError } from '../errors.js'
import type { ConsumerAccount } from '../store/account-book.js'
import type { ConsumerStore } from '../store/consumer-store.js'
import type { Submission } from '../store/submission.js'

/** What a feed is made of. */
export interface FeedOptions {
  store: ConsumerStore
  view(submission: Submission): Promise<Instance>
}

/** Who listens, and to what. */
export interface Listener {
  account: ConsumerAccount
  /** Only what this account submitted. */
  mine: boolean
  /** Where to go on: `Last-Event-ID`; from now on without it. */
  since: string | undefined
}

/** Listeners at a time. */
const MAX_LISTENERS = 1_000

/** Submissions that are read at a time. */
const AT_A_TIME = 50

/** Larger than each id. */
const LAST = 2n ** 63n - 1n

/** Milliseconds after which a silent connection is shown to be alive. */
const HEARTBEAT = 15_000

/** Tells those who listen of each submission that changes. Whoever reads slowly is told of the latest state only. */
export class Feed {
  readonly #options: FeedOptions
  readonly #listeners = new Set<() => void>()

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Something has changed. */
  wake(): void {
    for (const stir of this.#listeners) stir()
  }

  /** @throws ConsumerUnavailableError where too many listen already. */
  admit(): void {
    if (this.#listeners.size < MAX_LISTENERS) return
    throw new ConsumerUnavailableError({ reason: `${MAX_LISTENERS} listen already`, retryAfter: 30 })
  }

  /** Sends server-sent events (the WHATWG's text/event-stream) until the connection or the signal ends. */
  async send(response: ServerResponse, { account, mine, since }: Listener, signal: AbortSignal): Promise<void> {
    const { store } = this.#options
    let [stirred, resume] = [true, (): void => undefined]
    const stir = (): void => {
      stirred = true
      resume()
    }
    /** Waits for whatever happens next: a change, room to write, or the end. */
    const stirring = (): Promise<void> =>
      new Promise((resolve) => {
        resume = resolve
      })
    const ended = (): boolean => signal.aborted || response.destroyed
    this.#listeners.add(stir)
    for (const event of ['drain', 'close'] as const) response.on(event, stir)
    signal.addEventListener('abort', stir)
    const heartbeat = setInterval(() => response.writableNeedDrain || response.write(':\n\n'), HEARTBEAT)
    heartbeat.unref()
    try {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(':\n\n')
      let place = placeOf(since) ?? { change: await store.submissions.newestChange(), id: LAST }
      while (!ended()) {
        stirred = false
        const changes = response.writableNeedDrain ? [] : await store.submissions.changedAfter(place, AT_A_TIME)
        for (const submission of changes) {
          place = submission
          if (submission.account !== account.id && (mine || submission.private)) continue
          if (!response.write(eventOf(submission, await this.#options.view(submission)))) break
        }
        if (changes.at(-1) === place && changes.length === AT_A_TIME) await nextTurn()
        else if (!stirred) await stirring()
      }
    } finally {
      clearInterval(heartbeat)
      this.#listeners.delete(stir)
      signal.removeEventListener('abort', stir)
      response.end()
    }
  }
}

function eventOf({ change, id }: Submission, instance: Instance): string {
  return `id: ${change}-${id}\nevent: instance\ndata: ${stringifyJson(instance)}\n\n`
}

function placeOf(text: string | undefined): Pick<Submission, 'change' | 'id'> | undefined {
  const [, change, id] = /^(\d{1,15})-(\d{1,19})$/.exec(text ?? '') ?? []
  return change === undefined || id === undefined
    ? undefined
    : { change: Number(change), id: BigInt.asIntN(64, BigInt(id)) }
}
