import type { Instance } from '@polyswarm/protocol/consumer'
import { CommandError, NothingFoundError } from '../errors.js'
import type { Outcome } from '../report/report-outcomes.js'
import type { Answered } from '../scan/scan-artifact.js'

/** The first `limit` submissions of a list as outcomes; an error where there is none. */
export async function* foundAnswers(
  found: AsyncIterable<Instance>,
  subject: string,
  limit: number,
): AsyncGenerator<Outcome<Answered>> {
  let count = 0
  try {
    for await (const instance of found) {
      count++
      yield { value: { target: instance.filename, instance, known: true } }
      if (count === limit) return
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    yield { error }
    return
  }
  if (count === 0) yield { error: new NothingFoundError({ subject, reason: 'nobody has submitted it.' }) }
}
