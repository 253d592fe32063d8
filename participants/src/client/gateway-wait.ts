import type { Logger } from 'pino'
import { type RetryPolicy, withRetries } from './retry.js'

/** About a minute: a market that is being started is waited for. */
const WHILE_STARTING: RetryPolicy = { tries: 12, firstDelay: 250, maxDelay: 6_000 }

/**
 * Asks polyswarmd something at the start of a program, and again for about a minute where it does not answer. Each try that
 * failed is told, with how many there are in all.
 *
 * @throws what the last try threw, and at once what is not retryable.
 */
export function waitForGateway<T>(
  ask: () => Promise<T>,
  { logger, signal, policy = WHILE_STARTING }: { logger: Logger; signal: AbortSignal; policy?: RetryPolicy },
): Promise<T> {
  return withRetries(ask, policy, signal, ({ message: reason }, number) => {
    logger.warn({ try: `${number} of ${policy.tries}`, reason }, 'polyswarmd does not answer')
  })
}
