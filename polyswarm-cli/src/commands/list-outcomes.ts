import { CommandError, NothingFoundError } from '../errors.js'
import type { Outcome } from '../report/report-outcomes.js'

/** The first `limit` elements of a list as outcomes; an error where it breaks off, or where there are none. */
export async function* listOutcomes<T>(
  found: AsyncIterable<T>,
  limit: number,
  none?: { subject: string; reason: string },
): AsyncGenerator<Outcome<T>> {
  let count = 0
  try {
    for await (const value of found) {
      count++
      yield { value }
      if (count === limit) return
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    yield { error }
    return
  }
  if (count === 0 && none) yield { error: new NothingFoundError(none) }
}

/** What is said where no artifact is found. */
export function notKnown(subject: string): { subject: string; reason: string } {
  return { subject, reason: 'no artifact that you can see is known by it.' }
}
