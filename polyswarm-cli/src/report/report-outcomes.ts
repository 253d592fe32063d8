import { CommandError } from '../errors.js'
import { EXIT, type ExitStatus } from '../exit-status.js'
import type { Session } from '../session.js'
import { openOutput } from './output.js'
import { reportOf, type Shape } from './report.js'

/** What became of one thing that was asked for: a result, an error, or a result that is not whole and why. */
export interface Outcome<T> {
  value?: T
  error?: CommandError
}

/** The status of a command, of what came out of it. */
function statusOf({ values, errors }: { values: number; errors: readonly ExitStatus[] }): ExitStatus {
  if (errors.length === 0) return EXIT.done
  return values > 0 ? EXIT.partial : (errors[0] ?? EXIT.wrong)
}

/**
 * Writes results as they come, and errors to standard error, a line each.
 *
 * @param isMalicious where given, one such result makes the status {@link EXIT.malicious}.
 */
export async function reportOutcomes<T>(
  { io, flags, say, clear }: Session,
  shape: Shape<T>,
  outcomes: AsyncIterable<Outcome<T>>,
  isMalicious?: (value: T) => boolean,
): Promise<ExitStatus> {
  const output = await openOutput(flags.output, io.stdout)
  const report = reportOf(flags.fmt, shape)
  const tally = { values: 0, errors: [] as ExitStatus[] }
  let malicious = false
  try {
    await output.write(report.begin)
    for await (const { value, error } of outcomes) {
      if (value !== undefined) {
        tally.values++
        malicious ||= isMalicious?.(value) === true
        clear()
        await output.write(report.row(value))
      }
      if (error) {
        // The first says what it is about, where nothing else came out.
        if (tally.errors.length < 1) tally.errors.push(error.exitStatus)
        say(error.message)
      }
    }
  } finally {
    clear()
    // A command that is stopped leaves what it has found out.
    await output.write(report.end).then(() => output.end())
  }
  return malicious ? EXIT.malicious : statusOf(tally)
}

/** Work as an outcome: what is no error of this program is thrown. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof CommandError) return { error }
    throw error
  }
}
