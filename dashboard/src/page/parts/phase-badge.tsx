import type { BountyPhase } from '@polyswarm/protocol'
import { texts } from '../texts.js'

/** The phase of a bounty. */
export function PhaseBadge({ phase }: { phase: BountyPhase }) {
  return <span className={`badge phase-${phase}`}>{texts.phases[phase]}</span>
}
