import { batchCall, type Guid, type MarketCall } from '@polyswarm/protocol'
import { size } from 'viem/utils'
import type { MarketPin } from '../market/market.js'
import { type BatchedAction, gasBoundOf, intendedCalls } from '../market/market-action.js'

/** An action of a bounty that waits to be sent. */
export interface BatchedSubmission {
  guid: Guid
  action: BatchedAction
  /** The newest block when it was submitted. */
  head: number
  signal: AbortSignal
}

/** What batches are made with. */
export interface ActionBatchesOptions {
  market: MarketPin
  /** The most gas for one transaction. */
  maxGas: bigint
  /** The gas that is taken for a bound of an action; see `GasQuotes.gasOf`. */
  gasOf: (bound: bigint) => bigint
  /** Sends actions of one kind, in one transaction where they are several. */
  send: (together: readonly [BatchedSubmission, ...BatchedSubmission[]]) => Promise<void>
  /** What the node says of calls; see `GasQuotes.simulate`. */
  simulate: (calls: readonly MarketCall[], head: number) => Promise<readonly { error: string | null }[]>
}

interface Waiting extends BatchedSubmission {
  /** Bytes of its calldata. */
  bytes: number
  sent: PromiseWithResolvers<void>
}

/** More than this in one transaction is of little use: what all of a bounty have in common is a small part by then. */
const MOST_TOGETHER = 16
/** A batch leaves room in a block for those of others. */
const MOST_GAS = 8_000_000n
/** Blocks without batches after one that failed. */
const PAUSE_BLOCKS = 64
/** What the registry says to a batch of no calls: `BatchNothingDone()`, which the daemon puts into words. */
const NOTHING_DONE = /batch ?nothing ?done/i
/** Nodes take no transaction of more than 128 KiB. */
const MOST_BYTES = 64 * 1024

/**
 * Puts actions of one kind that are submitted at about the same time into one transaction, in which each fails alone. Nothing
 * waits for company: the first leaves at once, and what gathers until the daemon has answered leaves together.
 *
 * A registry of an earlier version has no batches; the daemon is asked once, when there would be the first. Where it says so
 * and the first fails, there are none for a while. What goes into none leaves at once.
 */
export class ActionBatches {
  readonly #options: ActionBatchesOptions
  readonly #waiting = new Map<BatchedAction['kind'], Waiting[]>()
  #isSupported: boolean | undefined
  #resumesAt = 0

  constructor(options: ActionBatchesOptions) {
    this.#options = options
  }

  /** Sends an action, maybe together with others. @throws what sending throws. */
  async submit(submission: BatchedSubmission): Promise<void> {
    const { kind } = submission.action
    const sent = Promise.withResolvers<void>()
    const { data = '0x' } = intendedCalls(this.#options.market, submission.action).at(-1) ?? {}
    const waiting = { ...submission, bytes: size(data), sent }
    const line = this.#waiting.get(kind)
    if (line) line.push(waiting)
    else void this.#run(kind, [waiting])
    return sent.promise
  }

  /** A batch was mined at `head` and has failed as a whole, and none ever did not: the registry may have none. */
  failed(head: number): void {
    this.#resumesAt = head + PAUSE_BLOCKS
  }

  /** Behind the same address there may be another daemon, which knows more or less. */
  forget(): void {
    this.#isSupported = undefined
  }

  async #run(kind: BatchedAction['kind'], line: Waiting[]): Promise<void> {
    this.#waiting.set(kind, line)
    // What is submitted in the same turn of the event loop goes together from the start.
    await new Promise(setImmediate)
    while (line.length > 0) await this.#sendNext(line)
    // Nothing can have come since the line was looked at: there is no await between.
    this.#waiting.delete(kind)
  }

  async #sendNext(line: Waiting[]): Promise<void> {
    if (await this.#gathers(line)) return this.#send(line.splice(0, this.#fitting(line)))
    // Nothing is gained by waiting for any of them.
    for (const each of line.splice(0)) void this.#send([each])
  }

  async #send(together: readonly Waiting[]): Promise<void> {
    for (const { signal, sent } of together) if (signal.aborted) sent.reject(signal.reason)
    const [first, ...others] = together.filter(({ signal }) => !signal.aborted)
    if (!first) return
    const [result] = await Promise.allSettled([this.#options.send([first, ...others])])
    for (const { sent } of [first, ...others]) {
      if (result.status === 'fulfilled') sent.resolve()
      else sent.reject(result.reason)
    }
  }

  /** How many of the first fit into one transaction; one at least. */
  #fitting(line: readonly Waiting[]): number {
    const { maxGas, gasOf } = this.#options
    let gas = maxGas < MOST_GAS ? maxGas : MOST_GAS
    let left = MOST_BYTES
    const over = line.findIndex(({ action, bytes }) => {
      gas -= gasOf(gasBoundOf(action))
      left -= bytes
      return gas < 0n || left < 0
    })
    return Math.min(Math.max(over < 0 ? line.length : over, 1), MOST_TOGETHER)
  }

  /** Whether the registry has batches, as far as that matters for so many. A daemon that does not answer is asked again. */
  async #gathers(line: readonly Waiting[]): Promise<boolean> {
    const { simulate, market } = this.#options
    const head = line[0]?.head ?? 0
    if (head < this.#resumesAt) return false
    if (this.#isSupported === undefined && line.length > 1) {
      const answer = await simulate([batchCall(market, [])], head).catch(() => undefined)
      if (!answer) return false
      this.#isSupported = NOTHING_DONE.test(answer[0]?.error ?? '')
    }
    return this.#isSupported ?? true
  }
}
