import {
  type BountyPhase,
  bidOn,
  consensusOf,
  countBits,
  hasBit,
  maskFromBooleans,
  settle,
  stringifyJson,
} from '@polyswarm/protocol'
import type { Address } from 'viem'
import type { Answer, Vote } from '../store/submission.js'

/** An assertion as polyswarmd tells of it. */
export interface ToldAssertion {
  author: Address
  /** Artifacts that it answers on, the first first. */
  mask: readonly boolean[]
  bid: readonly bigint[]
  /** Null until they are revealed. */
  verdicts: readonly (boolean | null)[]
  metadata: unknown
}

/** A vote as polyswarmd tells of it. */
interface ToldVote {
  voter: Address
  votes: readonly boolean[]
}

/** All that has been said on a bounty. */
export interface ToldBounty {
  phase: BountyPhase
  artifacts: number
  /** Reward and fee of the whole bounty, in base units. */
  amount: bigint
  fee: bigint
  assertions: readonly ToldAssertion[]
  votes: readonly ToldVote[]
}

/** What has been said on one artifact of a bounty, and what it cost. */
export interface ArtifactOutcome {
  assertions: Answer[]
  votes: Vote[]
  /** Null while it is not known. */
  truth: boolean | null
  reward: bigint
  fee: bigint
  /** What comes back at the end, as far as can be told now. */
  refund: bigint
}

/** Answers that are kept of one artifact: whoever bid most. Each costs its engine a fee, so nobody is pushed out for nothing. */
const MAX_ANSWERS = 512

/** Bytes of an engine's metadata that are kept. */
const MAX_METADATA = 4_096

/** What has been said on one artifact of a bounty. */
export function outcomeOf(bounty: ToldBounty, index: number): ArtifactOutcome {
  const { phase, artifacts, amount, fee, assertions, votes } = bounty
  const asserted = assertions.filter(({ mask }) => mask[index] === true)
  const answers = asserted
    .map((assertion): Answer => {
      const verdict = assertion.verdicts[index] ?? null
      const bid = bidOfAssertion(assertion, index)
      const metadata = verdict === null ? null : metadataOf(assertion, { index, artifacts })
      return { author: assertion.author, bid: bid.toString(), verdict, metadata }
    })
    .sort((a, b) => (BigInt(a.bid) > BigInt(b.bid) ? -1 : BigInt(a.bid) < BigInt(b.bid) ? 1 : 0))
    .slice(0, MAX_ANSWERS)
  const said = votes.map(({ voter, votes: all }) => ({ voter, vote: all[index] === true }))
  const decided = phase === 'quorum' || phase === 'finished'
  const asMask = said.map(({ voter, vote }) => ({ voter, votes: vote ? 1n : 0n }))
  const truth = decided && said.length > 0 ? consensusOf(asMask, 1) === 1n : null
  const [count, place] = [BigInt(artifacts), BigInt(index)]
  const share = { reward: amount / count, fee: fee / count + (place < fee % count ? 1n : 0n) }
  return {
    assertions: answers,
    votes: said,
    truth,
    ...share,
    refund: decided ? refundOf(asserted, asMask, index, share) : 0n,
  }
}

/** What of one artifact's price goes back to who paid it: each artifact is settled by itself. */
function refundOf(
  assertions: readonly ToldAssertion[],
  votes: { voter: Address; votes: bigint }[],
  index: number,
  { reward, fee }: { reward: bigint; fee: bigint },
): bigint {
  const ambassador = '0x' as Address
  const { payouts } = settle({
    author: ambassador,
    amount: reward,
    numArtifacts: 1,
    bountyFee: fee,
    assertionFee: 0n,
    assertions: assertions.map((assertion) => {
      const verdict = assertion.verdicts[index] ?? null
      const verdicts = verdict === null ? null : verdict ? 1n : 0n
      return { author: assertion.author, mask: 1n, bids: [bidOfAssertion(assertion, index)], verdicts }
    }),
    votes,
  })
  return payouts.find(({ role }) => role === 'ambassador')?.paid ?? 0n
}

function bidOfAssertion({ mask, bid }: ToldAssertion, index: number): bigint {
  return bidOn({ mask: maskFromBooleans(mask), bids: bid }, index)
}

/** What an engine said besides its verdict: one object for each artifact, or for each that it answered on. */
function metadataOf(
  { mask, metadata }: ToldAssertion,
  { index, artifacts }: { index: number; artifacts: number },
): Record<string, unknown> | null {
  if (!Array.isArray(metadata)) return null
  const set = maskFromBooleans(mask)
  const rank = countBits(set & ((1n << BigInt(index)) - 1n))
  const entry: unknown =
    metadata.length === artifacts ? metadata[index] : hasBit(set, index) ? metadata[rank] : undefined
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return null
  const text = stringifyJson(entry) ?? ''
  if (Buffer.byteLength(text) <= MAX_METADATA) return entry as Record<string, unknown>
  const family = (entry as Record<string, unknown>).malware_family
  return typeof family === 'string' ? { malware_family: family.slice(0, 256) } : null
}
