import { OUTCOMES } from '@polyswarm/protocol'
import { abstain, type Finding } from '../findings/finding.js'
import type { LearnedBounty } from '../runtime/journal/finding-history.js'
import type { BacktestBounty } from './backtest.js'
import type { BidRange } from './strategies.js'

/** The bounties of a journal, oldest first, as a staking engine met them. */
export function journalMarket(bounties: readonly LearnedBounty[], range: BidRange): BacktestBounty[] {
  return bounties.toReversed().map(({ findings, numArtifacts, ...bounty }) => ({
    ...bounty,
    numArtifacts,
    range,
    findings: Array.from({ length: numArtifacts }, (_, index): Finding => {
      const found = findings.find(({ artifact }) => artifact === index)
      const outcome = OUTCOMES.find((each) => each === found?.outcome)
      if (!found || !outcome) return abstain('nothing was said')
      const { confidence, probability } = found
      return { outcome, confidence, ...(probability !== null && { probability }) }
    }),
  }))
}
