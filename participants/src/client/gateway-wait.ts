import type { Logger } from 'pino'
import { type RetryPolicy, withRetries } from './retry.js'

/** About a minute where the daemon refuses: a market that is being started is waited for. */
const WHILE_STARTING: RetryPolicy = { tries: 12, firstDelay: 250, maxDelay: 6_000 }

/** Milliseconds of silence after which it is told that an answer is waited for, and again each time as long. */
const LONGEST_SILENCE = 2_000

/** How something is asked for at the start. */
export interface GatewayWait {
  logger: Logger
  signal: AbortSignal
  policy?: RetryPolicy
  /** Milliseconds until it is told that a try has got no answer yet, and between two such lines; 2000 by default. */
  silence?: number
}

/**
 * Asks polyswarmd something at the start of a program, and again for about a minute where it does not answer. Each try that
 * failed is told, with how many there are in all; so is each that takes long, while it does: a daemon that takes a
 * connection and says nothing is not waited for in silence.
 *
 * @throws what the last try threw, and at once what is not retryable.
 */
export function waitForGateway<T>(
  ask: () => Promise<T>,
  { logger, signal, policy = WHILE_STARTING, silence = LONGEST_SILENCE }: GatewayWait,
): Promise<T> {
  let number = 1
  const tryOf = () => `${number} of ${policy.tries}`
  const aloud = async () => {
    const start = performance.now()
    const waiting = setInterval(() => {
      const seconds = Math.round((performance.now() - start) / 1000)
      logger.warn({ try: tryOf(), seconds }, 'waiting for an answer of polyswarmd')
    }, silence)
    return ask().finally(() => clearInterval(waiting))
  }
  return withRetries(aloud, policy, signal, ({ message: reason }) => {
    logger.warn({ try: tryOf(), reason }, 'polyswarmd does not answer')
    number++
  })
}
