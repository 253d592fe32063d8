import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** Milliseconds that a measurement covers at least. */
const SPAN_MS = 250

/**
 * How busy this process is, as the share of time in which its event loop had something to do. Where other programs have the
 * processors, what there is to do takes longer, and the share is higher: it is the load on what this process gets.
 */
export class LoopLoad {
  #since: EventLoopUtilization = performance.eventLoopUtilization()
  #at = performance.now()
  #share = 0

  /** From 0 to 1, over the last moment. */
  get share(): number {
    const now = performance.now()
    if (now - this.#at >= SPAN_MS) {
      const all = performance.eventLoopUtilization()
      this.#share = performance.eventLoopUtilization(all, this.#since).utilization
      this.#since = all
      this.#at = now
    }
    return this.#share
  }
}
