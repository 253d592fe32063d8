import { setTimeout as delay } from 'node:timers/promises'
import { PolySwarmError } from '@polyswarm/protocol'
import { GatewayUnavailableError } from '../errors.js'

/** How often and how patiently something is tried. */
export interface RetryPolicy {
  /** Tries in all. */
  tries: number
  /** Milliseconds before the second try; doubled for each further one. */
  firstDelay: number
  /** The longest wait between tries, in milliseconds. */
  maxDelay: number
}

/**
 * Tries again what failed for a reason that can pass, with growing pauses, half of each at random so that many
 * participants do not come back at the same moment.
 *
 * @param failed told of each try that failed for a reason that can pass, and how many there were.
 * @throws what the last try threw, and at once what is not retryable.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { tries, firstDelay, maxDelay }: RetryPolicy,
  signal?: AbortSignal,
  failed?: (error: PolySwarmError, tries: number) => void,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof PolySwarmError && error.retryable)) throw error
      failed?.(error, number)
      if (number >= tries) throw error
      const asked = error instanceof GatewayUnavailableError ? (error.retryAfter ?? 0) : 0
      await delay(Math.max(asked, backoff(number, firstDelay, maxDelay)), undefined, { ...(signal && { signal }) })
    }
  }
}

/** Milliseconds to wait after the `number`-th failure in a row. */
export function backoff(number: number, firstDelay: number, maxDelay: number): number {
  const full = Math.min(maxDelay, firstDelay * 2 ** Math.min(number - 1, 16))
  return full / 2 + (Math.random() * full) / 2
}
