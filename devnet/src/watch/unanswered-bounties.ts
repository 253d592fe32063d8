import type { Guid } from '@polyswarm/protocol'
import type { BountyRecord } from './bounty-record.js'

/** Finds, once each, the bounties on which nobody can assert any more and nobody has. */
export class UnansweredBounties {
  readonly #found = new Set<Guid>()

  /**
   * Those that have become so.
   *
   * @param open the bounties that are not over.
   * @param head the newest block. One block is waited after the last in which an assertion can be mined, so that its event
   * has come, and every engine has written down what it decided.
   */
  next(open: readonly BountyRecord[], head: number): BountyRecord[] {
    const unanswered = open.filter(({ expiration, assertions }) => head > expiration && assertions.length === 0)
    const fresh = unanswered.filter(({ guid }) => !this.#found.has(guid))
    // What is over is not asked about again.
    this.#found.clear()
    for (const { guid } of unanswered) this.#found.add(guid)
    return fresh
  }
}
