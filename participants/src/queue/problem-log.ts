import type { Logger } from 'pino'

/**
 * Logs what goes wrong with a queue, the same again and again only once: a user without the rights, a Redis that is full or
 * too old. What is well again is to be said with undefined.
 */
export function problemLog(logger: Pick<Logger, 'warn'>, queue: string): (error: Error | undefined) => void {
  let last: string | undefined
  return (error) => {
    if (error !== undefined && error.message !== last) {
      logger.warn({ queue, reason: error.message.slice(0, 300) }, 'the queue cannot be used')
    }
    last = error?.message
  }
}
