import { parseNct, type SettledAssertion, settle } from '@polyswarm/protocol'
import { partyOf } from '../history/parties.ts'

/** Engines that look, and what they meet. */
export interface EconomicSetting {
  /** Share of artifacts that are malicious. */
  malicious: number
  /** Engines that look. */
  looking: number
  /** With what probability they are right on malicious and on benign artifacts, where they are sure and where they are not. */
  sure: { sensitivity: number; specificity: number }
  unsure: { sensitivity: number; specificity: number }
  /** Reward for an artifact, in base units. */
  reward: bigint
  /** Artifacts that are played. */
  artifacts: number
}

/** What one artifact brings on average, in NCT, before the fee of the assertion. */
export interface EconomicResult {
  /** To an engine that looks. */
  looking: number
  /** To one that always says the same, with the answer and the bid that bring it the most. */
  constant: number
  constantSays: 'malicious' | 'benign'
  constantBids: number
}

const [SMALL, LARGE] = [parseNct('0.25'), parseNct('1')]
const BIDS = ['0.0625', '0.25', '0.5', '1'].map((bid) => parseNct(bid))
const [AMBASSADOR, ARBITER, CONSTANT] = [partyOf(0), partyOf(1), partyOf(2)]

/** Plays artifacts by the rules of the contract, with one engine that does not look among those that do. */
export function constantAnswers(setting: EconomicSetting, random: () => number): EconomicResult {
  const played = Array.from({ length: setting.artifacts }, () => drawn(setting, random))
  let best: EconomicResult | undefined
  for (const constantSays of ['malicious', 'benign'] as const) {
    for (const bid of BIDS) {
      const gains = played.map((artifact) =>
        gainsOf(artifact, { bid, malicious: constantSays === 'malicious' }, setting),
      )
      const constant = meanOf(gains.map((gain) => gain.constant))
      if (best && best.constant >= constant) continue
      const looking = meanOf(gains.map((gain) => gain.looking)) / setting.looking
      best = { looking, constant, constantSays, constantBids: Number(bid) / 1e18 }
    }
  }
  return best as EconomicResult
}

interface DrawnArtifact {
  malicious: boolean
  assertions: SettledAssertion[]
}

function drawn({ malicious: share, looking, sure, unsure }: EconomicSetting, random: () => number): DrawnArtifact {
  const malicious = random() < share
  const assertions = Array.from({ length: looking }, (_, index): SettledAssertion => {
    const isSure = random() < 0.5
    const skill = isSure ? sure : unsure
    const right = random() < (malicious ? skill.sensitivity : skill.specificity)
    return assertionOf(partyOf(3 + index), isSure ? LARGE : SMALL, right === malicious)
  })
  return { malicious, assertions }
}

function gainsOf(
  { malicious, assertions }: DrawnArtifact,
  constant: { bid: bigint; malicious: boolean },
  { reward }: EconomicSetting,
): { looking: number; constant: number } {
  const all = [assertionOf(CONSTANT, constant.bid, constant.malicious), ...assertions]
  const { payouts } = settle({
    ...{ author: AMBASSADOR, amount: reward, numArtifacts: 1, bountyFee: 0n, assertionFee: 0n, assertions: all },
    votes: [{ voter: ARBITER, votes: malicious ? 1n : 0n }],
  })
  const engines = payouts.filter(({ role }) => role === 'microengine')
  const gains = engines.map(({ paid }, index) => Number(paid - (all[index]?.bids[0] ?? 0n)) / 1e18)
  const [ofConstant = 0, ...ofLooking] = gains
  return { constant: ofConstant, looking: ofLooking.reduce((sum, gain) => sum + gain, 0) }
}

function assertionOf(author: SettledAssertion['author'], bid: bigint, malicious: boolean): SettledAssertion {
  return { author, mask: 1n, bids: [bid], verdicts: malicious ? 1n : 0n }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
