import { formatNct, parseNct } from '@polyswarm/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { benign, malicious } from '../findings/finding.ts'
import { backtest } from './backtest.ts'
import { backtestChart } from './backtest-chart.ts'
import { generatedMarket } from './generated-market.ts'
import { type GrowthSituation, growthBids } from './growth.ts'
import { withinRiskLimits } from './risk-limits.ts'
import { STAKING_STRATEGIES } from './strategies.ts'

const NCT = 10n ** 18n
const range = { minimum: NCT / 16n, maximum: NCT }

function situation(parts: Partial<GrowthSituation> & { probability?: number }): GrowthSituation {
  const { probability = 0.9, ...rest } = parts
  return {
    findings: [malicious({ probability })],
    range,
    reward: NCT / 2n,
    rivalBids: [0n],
    history: Array.from({ length: 10 }, () => ({ right: NCT / 2n, wrong: NCT / 2n })),
    assertionFee: NCT / 32n,
    gasCost: 0n,
    available: 100n * NCT,
    kellyFraction: 1,
    ...rest,
  }
}

const bidAt = (parts: Parameters<typeof situation>[0]): bigint => growthBids(situation(parts))?.[0] ?? 0n

describe('growthBids', () => {
  it('stays out where the bid, the fee or the gas is not expected to come back', () => {
    expect(growthBids(situation({ probability: 0.2 }))).toBeNull()
    expect(growthBids(situation({ probability: 0.6, assertionFee: NCT }))).toBeNull()
    expect(growthBids(situation({ gasCost: 5n * NCT }))).toBeNull()
    expect(growthBids(situation({ available: NCT / 32n }))).toBeNull()
    expect(
      growthBids(situation({ reward: 0n, history: Array.from({ length: 10 }, () => ({ right: NCT, wrong: 0n })) })),
    ).toBeNull()
  })

  it('bids more when it is more sure, has more, or the rivals are wrong more often', () => {
    // In a market without an upper limit worth the name, so that the bids can differ.
    const wide = { range: { minimum: NCT / 16n, maximum: 50n * NCT } }
    expect(bidAt({ ...wide, probability: 0.95 })).toBeGreaterThan(bidAt({ ...wide, probability: 0.7 }))
    expect(bidAt({ ...wide, available: 100n * NCT })).toBeGreaterThan(bidAt({ ...wide, available: 3n * NCT }))
    const wrong = Array.from({ length: 10 }, () => ({ right: NCT / 2n, wrong: 4n * NCT }))
    expect(bidAt({ ...wide, history: wrong })).toBeGreaterThan(bidAt(wide))
    expect(bidAt({ ...wide, kellyFraction: 0.25 })).toBeLessThan(bidAt(wide))
  })

  it('takes into account what rivals have bid on this bounty already', () => {
    const rightSoFar = Array.from({ length: 10 }, () => ({ right: NCT / 2n, wrong: 0n }))
    const alone = growthBids(situation({ probability: 0.75, history: rightSoFar, reward: NCT / 4n, assertionFee: 0n }))
    const crowded = growthBids(
      situation({ probability: 0.75, history: rightSoFar, reward: NCT / 4n, assertionFee: 0n, rivalBids: [20n * NCT] }),
    )
    expect(alone?.[0]).toBeGreaterThan(0n)
    expect(crowded).toBeNull()
  })

  it('leaves out the artifact that is not worth it, and bids on the other', () => {
    const findings = [malicious({ probability: 0.95 }), benign({ probability: 0.8 })]
    const [good, bad] = growthBids(situation({ findings, rivalBids: [0n, 0n] })) ?? []
    expect(good).toBeGreaterThan(0n)
    expect(bad).toBeNull()
  })

  it('never bids outside the market, or more than there is', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 24n })
    const arbitrary = fc.record({
      probabilities: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }),
      minimum: fc.bigInt({ min: 1n, max: 10n ** 22n }),
      more: amount,
      reward: amount,
      fee: amount,
      available: amount,
      history: fc.array(fc.record({ right: amount, wrong: amount }), { maxLength: 60 }),
    })
    fc.assert(
      fc.property(arbitrary, ({ probabilities, minimum, more, reward, fee, available, history }) => {
        const market = { minimum, maximum: minimum + more }
        const findings = probabilities.map((probability) => malicious({ probability }))
        const rivalBids = findings.map(() => 0n)
        const bids = growthBids(
          situation({ findings, rivalBids, range: market, reward, assertionFee: fee, available, history }),
        )
        if (bids === null) return
        expect(bids).toHaveLength(findings.length)
        for (const bid of bids) expect(bid === null || (bid >= minimum && bid <= market.maximum)).toBe(true)
        expect(bids.reduce<bigint>((sum, bid) => sum + (bid ?? 0n), fee) <= available).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('in a thousand generated markets', () => {
  it('the growth strategy ends with more than each of the original three in most', { timeout: 120_000 }, () => {
    const wins = { default: 0, aggressive: 0, conservative: 0, all: 0 }
    let ahead = 0
    for (let seed = 1; seed <= 1_000; seed++) {
      const market = generatedMarket(seed, 60)
      const final = (strategy: (typeof STAKING_STRATEGIES)[number]) =>
        backtest(market, strategy, 20n * NCT).balances.at(-1) ?? 0n
      const growth = final('growth')
      const others = (['default', 'aggressive', 'conservative'] as const).map((strategy) => ({
        strategy,
        balance: final(strategy),
      }))
      for (const { strategy, balance } of others) if (growth > balance) wins[strategy]++
      if (others.every(({ balance }) => growth > balance)) wins.all++
      ahead += Number(growth - (others[0]?.balance ?? 0n)) / 1e18
    }
    expect(wins.default).toBeGreaterThan(650)
    expect(wins.aggressive).toBeGreaterThan(650)
    expect(wins.conservative).toBeGreaterThan(650)
    expect(wins.all).toBeGreaterThan(500)
    expect(ahead).toBeGreaterThan(0)
  })

  it('the same seed is the same market, and its truth is as likely as the engine says', () => {
    expect(generatedMarket(5, 20)).toEqual(generatedMarket(5, 20))
    const bounties = Array.from({ length: 200 }, (_, seed) => generatedMarket(seed, 50)).flat()
    const sure = bounties.filter(({ findings }) => (findings[0]?.probability ?? 0) > 0.8)
    const share = sure.filter(({ truth }) => truth === 1n).length / sure.length
    expect(share).toBeGreaterThan(0.87)
    expect(share).toBeLessThan(0.93)
  })
})

describe('backtest', () => {
  const market = generatedMarket(1, 30)

  it('pays by the rule of the market: of one bounty that is won and one that is lost', () => {
    const [bounty] = market
    if (!bounty) throw new Error('There is a bounty.')
    const alone = { ...bounty, amount: NCT, rivals: [], truth: 1n, findings: [malicious({ confidence: 1 })] }
    const won = backtest([alone], 'conservative', 10n * NCT)
    expect(formatNct(won.balances[1] ?? 0n)).toBe(formatNct(10n * NCT + NCT - parseNct('0.03125')))
    const lost = backtest([{ ...alone, truth: 0n }], 'conservative', 10n * NCT)
    expect(formatNct(lost.balances[1] ?? 0n)).toBe(formatNct(10n * NCT - NCT / 16n - parseNct('0.03125')))
    expect(lost.drawdown).toBeCloseTo(0.009375, 6)
  })

  it('never bids what is not there, and says who is ruined', () => {
    const wrong = market.map((bounty) => ({ ...bounty, findings: [malicious({ confidence: 1 })], truth: 0n }))
    const { balances, ruined, asserted } = backtest(wrong, 'aggressive', 2n * NCT)
    expect(balances.every((balance) => balance >= 0n)).toBe(true)
    expect(ruined || asserted < 30).toBe(true)
  })

  it('draws what happened', () => {
    const svg = backtestChart([STAKING_STRATEGIES.map((strategy) => backtest(market, strategy, 20n * NCT))])
    expect(svg).toMatch(/^<svg /)
    expect(svg.match(/<polyline/g)).toHaveLength(4)
    expect(svg).toContain('growth:')
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('withinRiskLimits', () => {
  const none = { lastHour: 0n, total: 0n }

  it('leaves bids alone that are within the limits', () => {
    expect(withinRiskLimits([3n, null, 4n], 1n, {}, none)).toEqual([3n, null, 4n])
    expect(withinRiskLimits([3n, null, 4n], 1n, { perBounty: 7n, perHour: 7n, inAll: 7n }, none)).toEqual([
      3n,
      null,
      4n,
    ])
  })

  it('counts what is at risk already', () => {
    expect(withinRiskLimits([5n], 2n, { inAll: 10n }, { lastHour: 0n, total: 9n })).toEqual([null])
    expect(withinRiskLimits([5n], 2n, { perHour: 10n }, { lastHour: 7n, total: 99n })).toEqual([3n])
  })

  it('whatever the bids and limits, stays within all of them and above the minimum, and bids where it can', () => {
    const amount = fc.bigInt({ min: 0n, max: 1_000n })
    const limit = fc.option(amount, { nil: undefined })
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.bigInt({ min: 5n, max: 100n })), { maxLength: 10 }),
        fc.record({ perBounty: limit, perHour: limit, inAll: limit }),
        fc.record({ lastHour: amount, total: amount }),
        (bids, limits, risk) => {
          const made = withinRiskLimits(bids, 5n, limits, risk)
          const total = made.reduce<bigint>((sum, bid) => sum + (bid ?? 0n), 0n)
          if (total > 0n) {
            expect(total <= (limits.perBounty ?? total)).toBe(true)
            expect(total + risk.lastHour <= (limits.perHour ?? total + risk.lastHour)).toBe(true)
            expect(total + risk.total <= (limits.inAll ?? total + risk.total)).toBe(true)
          }
          made.forEach((bid, index) => {
            if (bid !== null) expect(bid >= 5n && bid <= (bids[index] ?? 0n)).toBe(true)
          })
        },
      ),
    )
    expect(withinRiskLimits([10n, 20n, 30n], 5n, { perBounty: 40n }, none).filter((bid) => bid !== null)).toHaveLength(
      3,
    )
    expect(withinRiskLimits([10n, 20n, 30n], 5n, { perBounty: 12n }, none)).toEqual([null, 5n, 6n])
  })
})
