import type { Instance } from '@polyswarm/protocol/consumer'
import type { Outcome } from '../report/report-outcomes.js'
import type { Answered } from '../scan/scan-artifact.js'
import { listOutcomes } from './list-outcomes.js'

/** The first `limit` submissions of a list as outcomes; an error where there is none. */
export async function* foundAnswers(
  found: AsyncIterable<Instance>,
  subject: string,
  limit: number,
): AsyncGenerator<Outcome<Answered>> {
  for await (const { value, error } of listOutcomes(found, limit, { subject, reason: 'nobody has submitted it.' })) {
    if (value) yield { value: { target: value.filename, instance: value, known: true } }
    else if (error) yield { error }
  }
}
