import type { FastifyRequest, HookHandlerDoneFunction } from 'fastify'

/** A hook that is done when it returns: to wait for a promise costs each request more than most checks. */
export function atOnce(check: (request: FastifyRequest) => void) {
  return (request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction): void => {
    let failure: Error | undefined
    try {
      check(request)
    } catch (error) {
      failure = error as Error
    }
    done(failure)
  }
}
