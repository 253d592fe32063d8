import { PolySwarmError } from '@polyswarm/protocol'

/** The file with the key that the front of an engine shares with its workers cannot be used. */
export class QueueKeyError extends PolySwarmError {
  readonly code = 'QUEUE_KEY'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(
      `The queue's key ${path} cannot be used: ${reason}. Make one with "openssl rand -hex 32 > FILE", and give the same ` +
        'file to the engine and to its workers.',
      { cause },
    )
  }
}

/** What was put into a queue, or taken out of it, was not written by somebody who has its key. Nothing of it is used. */
export class ForeignMessageError extends PolySwarmError {
  readonly code = 'FOREIGN_MESSAGE'

  constructor({ queue, message }: { queue: string; message: 'job' | 'answer' }) {
    super(
      `A ${message} in the queue ${queue} was not written with its key: it is refused. Find out who can write to this ` +
        'Redis, and whether the engine and all workers have the same key file.',
    )
  }
}

/** A worker could not judge an artifact because it is not what the bounty names, or too large. The bounty is refused. */
export class RefusedByWorkerError extends PolySwarmError {
  readonly code = 'REFUSED_BY_WORKER'

  constructor({ reason }: { reason: string }) {
    super(`A worker refused the artifact: ${reason}`)
  }
}

/** Redis does not answer. The same may succeed later. */
export class QueueUnavailableError extends PolySwarmError {
  readonly code = 'QUEUE_UNAVAILABLE'
  override readonly retryable = true
  override readonly status = 503

  constructor({ url, reason, cause }: { url: string; reason: string; cause?: unknown }) {
    super(`Redis at ${url} is not available (${reason}): check that it runs and is reachable, then try again.`, {
      cause,
    })
  }
}
