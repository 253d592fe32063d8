import { EngineBusyError } from '../errors.js'
import type { Journal } from '../runtime/journal.js'
import type { KnownBounty } from '../runtime/role.js'

/** Blocks that a transaction may take however short the windows are: the next one is often missed by a moment. */
const LEAST_DELAY = 2

/**
 * How many reveals that are due together an engine takes on. An assertion costs its bid where it is not revealed in time, so
 * no more are made than this engine got transactions through in the last reveal window, and one a block: it begins slowly,
 * and takes on more with each that is mined.
 *
 * @param mined transactions of this engine that were mined in the last `revealWindow` blocks.
 * @param revealWindow blocks.
 */
function revealCapacity(mined: number, revealWindow: number): number {
  return mined + revealWindow
}

/**
 * How many blocks an engine's transactions may take before it takes on no more. Whatever the reason, a reveal will take as
 * long as they do: half of its window leaves it room for twice that.
 *
 * @param revealWindow blocks.
 */
export function toleratedDelay(revealWindow: number): number {
  return Math.max(LEAST_DELAY, Math.floor(revealWindow / 2))
}

/** Whether another assertion can be taken on that is revealed with those on bounties that expire about then. */
export function canReveal(journal: Journal, bounty: KnownBounty): boolean {
  const { assertionRevealWindow: window } = bounty.terms
  if (delayOf(journal, bounty) > toleratedDelay(window)) return false
  return dueWith(journal, bounty) < revealCapacity(journal.outbox.minedAbove(journal.head - window), window)
}

/** @throws EngineBusyError, which is retryable, where {@link canReveal} says no. */
export function expectToReveal(journal: Journal, bounty: KnownBounty): void {
  if (canReveal(journal, bounty)) return
  const { expiration } = bounty
  throw new EngineBusyError({ due: dueWith(journal, bounty), expiration, delay: delayOf(journal, bounty) })
}

function dueWith({ bounties }: Journal, { expiration, terms }: KnownBounty): number {
  return bounties.unrevealed(expiration - terms.assertionRevealWindow, expiration)
}

/** What was slow longer ago than a reveal window may be forgotten. */
function delayOf({ outbox, head }: Journal, { terms }: KnownBounty): number {
  return outbox.delay(head, head - terms.assertionRevealWindow)
}
