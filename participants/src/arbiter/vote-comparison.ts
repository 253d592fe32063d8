import { type ArtifactMask, consensusOf, hasBit, verdictOfBit } from '@polyswarm/protocol'
import type { ArbiterAgreement, VoteComparison } from '../runtime/journal/judgement-book.js'

/** A vote and whose it is. */
export interface CastVote {
  voter: string
  votes: ArtifactMask
}

/**
 * Compares an arbiter's vote with those of the others. A tie among the others agrees with nobody.
 *
 * @param earned what its settlement paid, in base units.
 */
export function compareVotes(
  votes: readonly CastVote[],
  { account, numArtifacts, earned }: { account: string; numArtifacts: number; earned: bigint },
): VoteComparison {
  const own = votes.find(({ voter }) => voter === account)
  const others = votes.filter((vote) => vote !== own)
  const artifacts = Array.from({ length: numArtifacts }, (_, index) => index)
  const consensus = consensusOf(votes, numArtifacts)
  let agreed = 0
  let disagreed = 0
  for (const index of own ? artifacts : []) {
    const malicious = others.filter((vote) => hasBit(vote.votes, index)).length
    const balance = 2 * malicious - others.length
    if (balance === 0) continue
    if (balance > 0 === hasBit(own?.votes ?? 0n, index)) agreed++
    else disagreed++
  }
  return {
    consensus: votes.length === 0 ? undefined : artifacts.map((index) => verdictOfBit(hasBit(consensus, index))),
    voted: own !== undefined,
    ...{ agreed, disagreed, earned },
    byArbiter: own ? others.map((other) => agreementOf(own, other, artifacts)) : [],
  }
}

function agreementOf(own: CastVote, { voter, votes }: CastVote, artifacts: readonly number[]): ArbiterAgreement {
  const disagreed = artifacts.filter((index) => hasBit(own.votes, index) !== hasBit(votes, index)).length
  return { arbiter: voter, agreed: artifacts.length - disagreed, disagreed }
}
