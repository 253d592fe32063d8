import { PolySwarmError } from '@polyswarm/protocol'
import { AnswerTooLargeError, GatewayAnswerError } from '../errors.js'

/**
 * Whether an error costs no more than what was being tried, which is tried again: what says so of itself, and answers of
 * polyswarmd that cannot be read, since what they hold a stranger may have written. All else ends the participant: a
 * journal that is broken, another market, what makes it impossible to take part, and mistakes of the program itself.
 */
export function isPassing(error: unknown): error is PolySwarmError {
  if (!(error instanceof PolySwarmError)) return false
  return error.retryable || error instanceof GatewayAnswerError || error instanceof AnswerTooLargeError
}
