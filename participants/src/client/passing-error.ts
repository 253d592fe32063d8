import { PolySwarmError } from '@polyswarm/protocol'
import { AnswerTooLargeError, GatewayAnswerError, GatewayRefusedError } from '../errors.js'

/**
 * Whether an error costs no more than what was being tried, which is tried again: what says so of itself, and answers that
 * are of no use. All else ends the participant: a journal that is broken, another market, an API key that is refused, what
 * makes it impossible to take part, and mistakes of the program itself.
 */
export function isPassing(error: unknown): error is PolySwarmError {
  return (error instanceof PolySwarmError && error.retryable) || isUnusable(error)
}

/**
 * Whether polyswarmd answered, but with nothing that is of use: a refusal, more than is read, or something that is not what
 * its API promises. A stranger may have caused it, by what the answer was to hold.
 */
export function isUnusable(error: unknown): error is PolySwarmError {
  if (error instanceof GatewayRefusedError) return !isKeyRefused(error)
  return error instanceof GatewayAnswerError || error instanceof AnswerTooLargeError
}

/** Whether polyswarmd does not know the participant's API key, which makes all further requests pointless. */
export function isKeyRefused(error: unknown): boolean {
  return error instanceof GatewayRefusedError && error.status === 401
}
