import { setTimeout as delay } from 'node:timers/promises'
import { CommandError, ServiceUnavailableError, UsageLimitError } from '../errors.js'

/** How long is waited between tries, in milliseconds: doubled each time from the first to the longest. */
export interface Patience {
  tries: number
  first: number
  longest: number
}

/**
 * Tries again what failed for a reason that can pass, at the time that the service names where it names one.
 *
 * @throws what the last try threw; at once what is not retryable, or what would have to wait for more than `longest`.
 */
export async function withPatience<T>(
  attempt: () => Promise<T>,
  { tries, first, longest }: Patience,
  signal: AbortSignal,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof CommandError && error.retryable) || number >= tries) throw error
      const asked = error instanceof UsageLimitError || error instanceof ServiceUnavailableError ? error.retryAfter : 0
      if ((asked ?? 0) > longest) throw error
      const backoff = Math.min(longest, first * 2 ** (number - 1))
      // Half of it at random, so that many commands do not come back at the same moment.
      await delay(Math.max(asked ?? 0, backoff / 2 + (Math.random() * backoff) / 2), undefined, { signal })
    }
  }
}
