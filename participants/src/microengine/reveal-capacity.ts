import { EngineBusyError } from '../errors.js'
import type { Journal } from '../runtime/journal.js'
import type { KnownBounty } from '../runtime/role.js'

/** Blocks back to which it is counted how many transactions this engine got through in one. */
const PACE_BLOCKS = 64

/** Transactions a block that an engine is trusted with before it has shown what it can do. */
const LEAST_PACE = 16

/**
 * How many reveals that are due together an engine takes on. An assertion costs its bid where it is not revealed in time, so
 * no more are made than half of what this engine has been seen to get through in a reveal window: the other half is for
 * what it asserts meanwhile. As it gets through more, it takes on more.
 *
 * @param pace transactions a block, as `Outbox.pace` counts them.
 * @param revealWindow blocks.
 */
export function revealCapacity(pace: number, revealWindow: number): number {
  return Math.ceil((Math.max(LEAST_PACE, pace) * revealWindow) / 2)
}

/** Whether another assertion can be taken on that is revealed with those on bounties that expire about then. */
export function canReveal(journal: Journal, bounty: KnownBounty): boolean {
  return dueWith(journal, bounty) < capacityOf(journal, bounty)
}

/** @throws EngineBusyError, which is retryable, where {@link canReveal} says no. */
export function expectToReveal(journal: Journal, bounty: KnownBounty): void {
  if (canReveal(journal, bounty)) return
  throw new EngineBusyError({ due: dueWith(journal, bounty), expiration: bounty.expiration })
}

function dueWith({ bounties }: Journal, { expiration, terms }: KnownBounty): number {
  return bounties.unrevealed(expiration - terms.assertionRevealWindow, expiration)
}

function capacityOf({ outbox, head }: Journal, { terms }: KnownBounty): number {
  return revealCapacity(outbox.pace(head - PACE_BLOCKS), terms.assertionRevealWindow)
}
