import type { Guid } from '@polyswarm/protocol'
import type { BountyRecord } from './bounty-record.js'

/** Finds, once each, the bounties on which nobody can assert any more. */
export class ClosedWindows {
  readonly #found = new Set<Guid>()

  /**
   * Those that have become so.
   *
   * @param open the bounties that are not over.
   * @param head the newest block. One block is waited after the last in which an assertion can be mined, so that its event
   * has come, and every engine has written down what it decided.
   */
  next(open: readonly BountyRecord[], head: number): BountyRecord[] {
    const closed = open.filter(({ expiration }) => head > expiration)
    const fresh = closed.filter(({ guid }) => !this.#found.has(guid))
    // What is over is not asked about again.
    this.#found.clear()
    for (const { guid } of closed) this.#found.add(guid)
    return fresh
  }
}
