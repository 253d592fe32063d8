import { expect, it } from 'vitest'
import type { BacktestResult } from './backtest.js'
import { backtestChart } from './backtest-chart.js'

const NCT = 10n ** 18n
const result = (strategy: 'default' | 'growth', ...balances: bigint[]): BacktestResult => ({
  ...{
    strategy,
    balances: balances.map((balance) => balance * NCT),
    asserted: 1,
    growth: 0,
    drawdown: 0,
    ruined: false,
  },
})

it('draws all markets and not the first, with its title and its units', () => {
  // In the first market the one leads, in the other two the other.
  const svg = backtestChart([
    [result('default', 20n, 90n), result('growth', 20n, 10n)],
    [result('default', 20n, 21n), result('growth', 20n, 40n)],
    [result('default', 20n, 22n), result('growth', 20n, 50n)],
  ])
  expect(svg).toContain('<title>Balance by strategy: median and middle 80 % of 3 markets</title>')
  expect(svg).toContain('default: 22 NCT')
  expect(svg).toContain('growth: 40 NCT')
  expect(svg.match(/<polygon/g)).toHaveLength(2)
  expect(svg).toMatch(/>NCT<.*bounties \(1\)/s)
})

it('draws one market without bands', () => {
  const svg = backtestChart([[result('default', 20n, 25n)]])
  expect(svg).not.toContain('<polygon')
  expect(svg).toContain('default: 25 NCT')
})
