import type { SettledAssertion } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { benign, type Finding, malicious } from '../findings/finding.js'
import type { BacktestBounty } from './backtest.js'
import { bidFor, RANGE_STRATEGIES, USUAL_RANGE } from './strategies.js'

const NCT = 10n ** 18n
const BOUNTY_FEE = NCT / 16n
const ASSERTION_FEE = NCT / 32n
const RIVALS: readonly Address[] = ['1', '2', '3', '4'].map((digit): Address => `0x${digit.repeat(40)}`)

/**
 * Bounties of a made-up market in which the truth is known and the engine knows how much it knows: where it says 80 percent,
 * it is right four times out of five. Rivals are right three times out of five to nine out of ten, and bid as the original's
 * strategies do. The same seed gives the same market.
 */
export function generatedMarket(seed: number, count: number): BacktestBounty[] {
  const random = generator(seed)
  const rivals = RIVALS.slice(0, 1 + Math.floor(random() * RIVALS.length)).map((author) => ({
    author,
    accuracy: 0.6 + 0.3 * random(),
    strategy: RANGE_STRATEGIES[Math.floor(random() * RANGE_STRATEGIES.length)] ?? 'default',
  }))
  return Array.from({ length: count }, () => {
    const probability = random()
    const truth = random() < probability
    const assertions = rivals.map(({ author, accuracy, strategy }): SettledAssertion => {
      const right = random() < accuracy
      return {
        author,
        mask: 1n,
        bids: [bidFor(strategy, random(), USUAL_RANGE)],
        verdicts: right === truth ? 1n : 0n,
      }
    })
    return {
      amount: USUAL_RANGE.minimum + (NCT * BigInt(Math.floor(random() * 1_000))) / 1_000n,
      numArtifacts: 1,
      bountyFee: BOUNTY_FEE,
      assertionFee: ASSERTION_FEE,
      range: USUAL_RANGE,
      findings: [findingOf(probability)],
      truth: truth ? 1n : 0n,
      rivals: assertions,
    }
  })
}

function findingOf(probability: number): Finding {
  const details = { confidence: Math.abs(2 * probability - 1), probability }
  return probability > 0.5 ? malicious(details) : benign(details)
}

/** A small generator of evenly spread numbers from 0 to 1 (mulberry32), the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
