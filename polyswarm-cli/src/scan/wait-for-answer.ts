import { setTimeout as delay } from 'node:timers/promises'
import type { Instance } from '@polyswarm/protocol/consumer'
import type { ConsumerClient } from '../client/consumer-client.js'
import { ServiceUnavailableError, StillOpenError, SubmissionFailedError, UsageLimitError } from '../errors.js'
import type { Submissions } from './submissions.js'

/** How an answer is waited for. */
export interface WaitSettings {
  /** Seconds after which the command gives up; the submission goes on. */
  timeout: number
  /** Seconds between two looks at a submission. */
  pollInterval: number
  /** Whether to wait for the arbiters' votes and the payouts, too. */
  settled: boolean
}

interface Waiting {
  target: string
  settings: WaitSettings
  client: ConsumerClient
  submissions: Submissions
  signal: AbortSignal
}

/** Looks become rarer while nothing happens, up to so many intervals. */
const RAREST = 5

/**
 * Looks at a submission until it is judged, or settled where that is asked for. A service that is away, or that is asked too
 * much, is asked again until the time is up.
 *
 * @throws SubmissionFailedError where there will be no answer.
 * @throws StillOpenError where there is none in time.
 */
export async function waitForAnswer(begun: Instance, waiting: Waiting): Promise<Instance> {
  const { target, client, submissions, signal, settings } = waiting
  const timeUp = AbortSignal.timeout(settings.timeout * 1000)
  const either = AbortSignal.any([signal, timeUp])
  const asking = client.until(timeUp)
  let instance = begun
  try {
    for (let looks = 0; ; looks++) {
      if (instance.failed) {
        throw new SubmissionFailedError({
          name: target,
          id: begun.id,
          reason: instance.failed_reason ?? 'no reason given',
        })
      }
      if (instance.state === 'settled' || (instance.window_closed && !settings.settled)) break
      const pause = settings.pollInterval * Math.min(1 + Math.floor(looks / 10), RAREST)
      await delay(pause * 1000, undefined, { signal: either })
      instance = (await look(asking, begun.id, either)) ?? instance
      submissions.changed(instance)
    }
  } catch (error) {
    signal.throwIfAborted()
    submissions.over(begun.id)
    if (!timeUp.aborted || error instanceof SubmissionFailedError) throw error
    throw new StillOpenError({ name: target, seconds: settings.timeout, instance })
  }
  submissions.over(begun.id)
  return instance
}

async function look(client: ConsumerClient, id: string, signal: AbortSignal): Promise<Instance | undefined> {
  try {
    return await client.submission(id)
  } catch (error) {
    if (error instanceof UsageLimitError) await delay(error.retryAfter ?? 10_000, undefined, { signal })
    else if (!(error instanceof ServiceUnavailableError)) throw error
    return undefined
  }
}
