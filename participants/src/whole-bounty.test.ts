import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestMarket } from './market.fixture.ts'

let market: TestMarket

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.25 })
})

afterEach(async () => {
  await market.stop()
})

describe('three programs and a daemon', () => {
  it('bring the sample bounties from post to payout', { timeout: 90_000 }, async () => {
    const { engine, rival, arbiter, ambassador } = market.accounts
    const programs = [
      market.run('arbiter', arbiter, ['--truth-db', market.truthDb]),
      market.run('microengine', engine, ['--backend', 'eicar']),
      market.run('microengine', rival, ['--backend', 'contrarian']),
    ]
    await Promise.all(programs.map((program) => program.said(/ready/)))
    const posting = market.run('ambassador', ambassador, ['--once', '--duration', '15'])
    const code = await posting.exited
    if (code !== 0) console.log(posting.output, programs.map((p) => p.output).join('\n=====\n'))
    expect(code).toBe(0)
    expect(await market.events('RevealedAssertion')).toHaveLength(6)
  })
})
