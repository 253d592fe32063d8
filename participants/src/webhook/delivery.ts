import { setTimeout as delay } from 'node:timers/promises'
import { WebhookDeliveryError } from '../errors.js'
import type { GuardedAnswer } from './guarded-request.js'

/** Who is told of each attempt. */
export type DeliveryLog = Record<'debug' | 'info' | 'warn', (details: object, message: string) => void>

const FIRST_PAUSE = 250
const LONGEST_PAUSE = 10_000
/** Statuses that say "not now" rather than "no". */
const PASSING = new Set([408, 425, 429])

/**
 * Delivers something until it is taken: again and again, with longer pauses, as long as that can help and the signal allows
 * it. Each attempt is logged.
 *
 * @throws WebhookDeliveryError where it was refused for good, other errors that are not for retrying, and the signal's reason.
 */
export async function deliver(
  what: string,
  url: string,
  send: () => Promise<GuardedAnswer>,
  { logger, signal }: { logger: DeliveryLog; signal: AbortSignal },
): Promise<GuardedAnswer> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    let reason: string
    try {
      const answer = await send()
      const { status } = answer
      if (status >= 200 && status < 300) {
        logger.debug({ delivery: what, attempt, status }, 'delivered')
        return answer
      }
      reason = `status ${status}`
      if (status < 500 && !PASSING.has(status)) {
        logger.warn({ delivery: what, attempt, reason }, 'delivery was refused')
        throw new WebhookDeliveryError({ url, reason: `it was refused with ${reason}`, refusedWith: status })
      }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof WebhookDeliveryError) || error.refusedWith !== undefined) throw error
      reason = error.message
    }
    const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(attempt - 1, 10), LONGEST_PAUSE)
    logger.warn({ delivery: what, attempt, reason, pause }, 'delivery failed, will try again')
    await delay(pause * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
