import { afterEach, describe, expect, it } from 'vitest'
import { TestMarket } from './market.fixture.ts'

let market: TestMarket

afterEach(async () => {
  await market.stop()
})

describe('an engine that is killed again and again', () => {
  it.each([1, 2])('loses nothing and does nothing twice, run %i', { timeout: 300_000 }, async (seed) => {
    market = await TestMarket.start({ blockTime: 0.05, revealWindow: 25, voteWindow: 20 })
    const { engine, arbiter, ambassador } = market.accounts
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
    await voting.said(/staked stake/)
    const posting = market.run('ambassador', ambassador, ['--once', '--duration', '30'])
    const address = engine.account.address
    const settled = async () => (await market.events('SettledBounty')).filter(({ args }) => args.settler === address)

    const over = voting.said(/settled/, 3)

    // Each life ends after so many lines of log, at another step each time, or when there is nothing more to say.
    let lives = 0
    for (let lines = seed; (await settled()).length < 3; lines = 1 + ((lines * 7 + seed) % 17)) {
      const life = market.run('microengine', engine, ['--backend', 'eicar'])
      await Promise.race([life.said(/\n/, lines), over])
      await life.kill('SIGKILL')
      lives++
    }
    expect(lives).toBeGreaterThan(3)
    expect(await posting.exited, posting.output).toBe(0)
    const assertions = await market.events('NewAssertion')
    expect(new Set(assertions.map(({ args }) => args.bountyGuid)).size).toBe(3)
    expect(assertions).toHaveLength(3)
    expect(await market.events('RevealedAssertion')).toHaveLength(3)
    expect(await settled()).toHaveLength(3)
  })
})
