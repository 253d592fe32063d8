import { isFailure } from '../analysis/backend-runner.js'

/** What an engine said of an artifact that it was tried on. */
export interface CheckAnswer {
  artifact: string
  outcome: string
  confidence: number
  family: string
  reason: string
  ms: number
}

/**
 * Why an engine is of no use although it breaks no rule: it judged nothing that it was tried on, and that is for a failure,
 * such as a service that is dead. Undefined where it judged anything, and where it has no opinion on purpose.
 */
export function nothingJudged(answers: readonly CheckAnswer[]): string | undefined {
  if (answers.some(({ outcome }) => outcome !== 'abstain')) return undefined
  const failure = answers.find(isFailure)
  return failure && `no artifact could be judged: ${failure.reason}`
}

/** The last line of a check: what was tried and what came of it. */
export function checkSummary(
  engine: string,
  { answers, problems }: { answers: readonly CheckAnswer[]; problems: readonly string[] },
): string {
  const counts = new Map<string, number>()
  for (const { outcome } of answers) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const outcomes = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ')
  const result =
    problems.length === 0 ? 'passed' : `failed, ${problems.length} problem${problems.length > 1 ? 's' : ''}`
  return `${engine}: ${result}; ${answers.length} artifacts tried: ${outcomes}`
}
