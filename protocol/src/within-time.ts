import { withEnds } from './with-ends.js'

/** The longest time of a timer; a longer one would end at once. */
const LONGEST = 2 ** 31 - 1

/**
 * Does work that is told to end after so long, or when somebody says so, and leaves nothing behind when it is over. The timer
 * of `AbortSignal.timeout` stays until its time is over, with all that hangs on it: who gives each of a hundred requests a
 * second a minute has six thousand of them.
 *
 * @param milliseconds after which the signal ends, with a `TimeoutError` as its reason; 24 days at most, as timers have it.
 * @param ends others that end it, with their reasons.
 */
export async function withinTime<T>(
  milliseconds: number,
  ends: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withEnds(ends, async (end) => {
    const late = (): void => end.abort(new DOMException(`It was not over within ${milliseconds} ms.`, 'TimeoutError'))
    const timer = setTimeout(late, Math.min(milliseconds, LONGEST))
    // As with `AbortSignal.timeout`, no program stays for it.
    timer.unref()
    try {
      return await work(end.signal)
    } finally {
      clearTimeout(timer)
    }
  })
}
