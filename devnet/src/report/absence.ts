import type { JournalDecision } from '@polyswarm/participants/runtime'
import type { BountyRecord } from '../watch/bounty-record.js'
import { plainText } from './text-table.js'

/** What one of the market's engines made of a bounty; undefined where its journal does not know it. */
export interface EngineDecision {
  engine: string
  decision: JournalDecision | undefined
}

const LONGEST_REASON = 200

/** Engines that did not come to assert; to abstain and to refuse is an answer, too. */
export function absentEngines(decisions: readonly EngineDecision[]): EngineDecision[] {
  return decisions.filter(({ decision }) => {
    if (!decision || decision.wasOutOfTime) return true
    return decision.decision !== 'abstain' && decision.decision !== 'refuse'
  })
}

/**
 * Why engines have not asserted on a bounty, those with the same reason together, such as `3 engines had no time: 64
 * artifacts in 7.5 s`.
 *
 * @param blockTime seconds between two blocks.
 */
export function absenceText(record: BountyRecord, decisions: readonly EngineDecision[], blockTime: number): string {
  const engines = new Map<string, string[]>()
  for (const { engine, decision } of decisions) {
    const why = whyNot(record, decision, blockTime)
    engines.set(why, [...(engines.get(why) ?? []), engine])
  }
  const parts = [...engines].map(
    ([why, names]) => `${names.length === 1 ? names[0] : `${names.length} engines`} ${why}`,
  )
  return parts.length === 0 ? 'this market has no engines' : parts.join('; ')
}

function whyNot(
  { terms, expiration, postedAt }: BountyRecord,
  decision: JournalDecision | undefined,
  blockTime: number,
) {
  if (!decision) return 'did not take it up'
  const { wasOutOfTime, reason } = decision
  if (wasOutOfTime) {
    const count = terms.num_artifacts
    const window = Math.round((expiration - postedAt) * blockTime * 10) / 10
    return `had no time: ${count === 1 ? 'one artifact' : `${count} artifacts`} in ${window} s`
  }
  if (decision.decision === null) return 'did not come to a decision'
  if (decision.decision === 'assert') return 'asserted too late'
  return `${decision.decision === 'refuse' ? 'refused' : 'abstained'}: ${plainText(reason, LONGEST_REASON)}`
}
