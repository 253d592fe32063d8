import { type ArtifactMask, bidOn, isCorrect, type SettledAssertion, settle } from '@polyswarm/protocol'
import type { Address } from 'viem'
import type { Finding } from '../findings/finding.js'
import type { RivalBids } from '../runtime/journal/finding-history.js'
import { bidsFor, type StakingSettings } from './bids-for.js'
import type { BidRange, StakingStrategy } from './strategies.js'

/** A bounty of the past, or a made-up one, as a staking engine would meet it. Amounts in base units. */
export interface BacktestBounty {
  amount: bigint
  numArtifacts: number
  bountyFee: bigint
  assertionFee: bigint
  range: BidRange
  /** The engine's verdict on each artifact. */
  findings: readonly Finding[]
  /** Set bit: malicious. */
  truth: ArtifactMask
  rivals: readonly SettledAssertion[]
}

/** How a strategy fared. */
export interface BacktestResult {
  strategy: StakingStrategy
  /** Balance before the first bounty and after each, in base units. */
  balances: bigint[]
  /** Bounties on which something was bid. */
  asserted: number
  /** Logarithmic growth of the balance per bounty, negative where money was lost. */
  growth: number
  /** Largest fall from a high, as a share of that high. */
  drawdown: number
  /** Whether the balance at some point did not suffice for the smallest bid and the fee. */
  ruined: boolean
}

const OURS: Address = `0x${'e'.repeat(40)}`
const NOBODY: Address = `0x${'a'.repeat(40)}`
const ARBITER: Address = `0x${'f'.repeat(40)}`
const HISTORY = 200

/**
 * Plays a strategy through bounties, one after the other: it knows what it would have known, bids, and is paid by the
 * market's own rule. The rivals' bids stay as they are.
 */
export function backtest(
  bounties: readonly BacktestBounty[],
  strategy: StakingStrategy,
  start: bigint,
  settings: StakingSettings = {},
): BacktestResult {
  const balances = [start]
  const history: RivalBids[] = []
  let balance = start
  let asserted = 0
  let ruined = false
  for (const bounty of bounties) {
    const smallest = bounty.range.minimum + bounty.assertionFee
    ruined ||= balance < smallest
    const paid = play(bounty, strategy, balance, history.slice(-HISTORY), settings)
    if (paid !== undefined) {
      asserted++
      balance += paid
    }
    balances.push(balance)
    history.push(...rivalBidsOf(bounty))
  }
  const growth = (Math.log(Math.max(1, Number(balance))) - Math.log(Number(start))) / Math.max(1, bounties.length)
  return { strategy, balances, asserted, growth, drawdown: drawdownOf(balances), ruined }
}

/** @returns what the balance changes by; undefined where nothing is bid. */
function play(
  bounty: BacktestBounty,
  strategy: StakingStrategy,
  balance: bigint,
  history: readonly RivalBids[],
  settings: StakingSettings,
): bigint | undefined {
  const { findings, range, assertionFee, numArtifacts, amount, bountyFee, truth, rivals } = bounty
  const artifacts = [...findings.keys()].filter((index) => /^(malicious|benign)$/.test(findings[index]?.outcome ?? ''))
  if (artifacts.length === 0) return undefined
  const opinions = artifacts.flatMap((index) => findings[index] ?? [])
  const request = {
    findings: opinions,
    range,
    assertionFee,
    available: balance,
    reward: amount / BigInt(numArtifacts),
    rivalBids: artifacts.map(() => 0n),
    history,
  }
  const answer = bidsFor(strategy, request, settings)
  const made = (answer ?? []).flatMap((bid, place) => (bid === null ? [] : [{ bid, index: artifacts[place] ?? 0 }]))
  const bids = made.map(({ bid }) => bid)
  const cost = bids.reduce((sum, bid) => sum + bid, assertionFee)
  if (bids.length === 0 || cost > balance) return undefined
  const mask = made.reduce((sum, { index }) => sum | (1n << BigInt(index)), 0n)
  const verdicts = made.reduce(
    (sum, { index }) => (findings[index]?.outcome === 'malicious' ? sum | (1n << BigInt(index)) : sum),
    0n,
  )
  const ours = { author: OURS, mask, bids, verdicts }
  const votes = [{ voter: ARBITER, votes: truth }]
  const settlement = settle({
    author: NOBODY,
    amount,
    numArtifacts,
    bountyFee,
    assertionFee,
    assertions: [ours, ...rivals.filter(({ author }) => author !== OURS)],
    votes,
  })
  const paid = settlement.payouts.find(({ address }) => address === OURS)?.paid ?? 0n
  return paid - cost - (settings.gasCost ?? 0n)
}

function rivalBidsOf({ numArtifacts, rivals, truth }: BacktestBounty): RivalBids[] {
  return Array.from({ length: numArtifacts }, (_, artifact) => {
    let right = 0n
    let wrong = 0n
    for (const rival of rivals) {
      if (isCorrect(rival, artifact, truth) === true) right += bidOn(rival, artifact)
      else wrong += bidOn(rival, artifact)
    }
    return { right, wrong }
  })
}

function drawdownOf(balances: readonly bigint[]): number {
  let high = 0
  let worst = 0
  for (const balance of balances.map(Number)) {
    high = Math.max(high, balance)
    if (high > 0) worst = Math.max(worst, (high - balance) / high)
  }
  return worst
}
