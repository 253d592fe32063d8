import { type ArtifactMask, maskFromBooleans } from '@polyswarm/protocol'
import type { Judgement } from '../runtime/journal/judgement-book.js'

/** What becomes of a bounty on which not every artifact's truth is known. */
export const UNKNOWN_CHOICES = ['abstain', 'benign', 'malicious'] as const

/** How an arbiter treats what it does not know. */
export interface UnknownPolicy {
  /** `abstain`: no vote on the bounty. `benign`, `malicious`: the unknown artifacts are voted so, which is a guess. */
  choice: (typeof UNKNOWN_CHOICES)[number]
  /** The share of a bounty's artifacts that may be guessed, from 0 to 1; above it there is no vote. */
  most: number
}

/** A vote, with the artifacts on which it is a guess; or no vote, and why. */
export type Ballot = { votes: ArtifactMask; guessed: number[] } | { reason: string }

/** Artifacts of unknown truth that the reason for no vote names. */
const MOST_NAMED = 5

/** Makes a vote of what is known of a bounty's artifacts, which are all given, in their order. */
export function ballotOf(judgements: readonly Judgement[], { choice, most }: UnknownPolicy): Ballot {
  const unknown = judgements.filter(({ truth }) => truth === undefined)
  const tooMany = unknown.length > most * judgements.length
  if (unknown.length > 0 && (choice === 'abstain' || tooMany)) {
    const named = unknown.slice(0, MOST_NAMED).map(({ artifact, sha256 }) => `${artifact} (sha256 ${sha256})`)
    const rest = unknown.length > MOST_NAMED ? ` and ${unknown.length - MOST_NAMED} more` : ''
    const limit = choice === 'abstain' ? '' : `, and no more than ${most * 100} % are guessed`
    return { reason: `the truth is not known about artifact ${named.join(', ')}${rest}${limit}` }
  }
  return {
    votes: maskFromBooleans(judgements.map(({ truth = choice }) => truth === 'malicious')),
    guessed: unknown.map(({ artifact }) => artifact),
  }
}
