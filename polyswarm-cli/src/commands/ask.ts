import { StillOpenError } from '../errors.js'
import type { AskFlags } from '../options.js'
import { type Outcome, outcomeOf } from '../report/report-outcomes.js'
import type { Answered } from '../scan/scan-artifact.js'
import type { WaitSettings } from '../scan/wait-for-answer.js'

/** How to wait, as the command line says it; undefined for not at all. */
export function waitSettingsOf({ nowait, timeout, pollInterval, settled }: AskFlags): WaitSettings | undefined {
  return nowait ? undefined : { timeout, pollInterval, settled }
}

/** An answer as an outcome. One that is still open when the time is up is shown as far as it is. */
export async function askOutcome(target: string, work: () => Promise<Answered>): Promise<Outcome<Answered>> {
  const outcome = await outcomeOf(work)
  if (!(outcome.error instanceof StillOpenError)) return outcome
  return { ...outcome, value: { target, instance: outcome.error.instance, known: false } }
}
