import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestMarket } from './market.fixture.ts'

let market: TestMarket

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.05, revealWindow: 24, voteWindow: 16 })
})

afterEach(async () => {
  await market.stop()
})

describe('a chain that loses blocks', () => {
  it('gets the same assertions again, and every bid is revealed and settled', { timeout: 180_000 }, async () => {
    const { engine, arbiter, ambassador } = market.accounts
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
    await voting.said(/staked stake/)
    const posting = market.run('ambassador', ambassador, ['--once', '--duration', '36'])
    await posting.said(/posted/, 3)
    const snapshot = await market.chain.rpc<string>('evm_snapshot')
    const scanning = market.run('microengine', engine, ['--backend', 'eicar'])
    await scanning.said(/asserted/, 3)
    const before = await market.events('NewAssertion')

    await market.chain.rpc('evm_revert', [snapshot])
    await scanning.said(/re-org/)
    await scanning.said(/asserted/, 6)
    const after = await market.events('NewAssertion')
    const hashes = (events: typeof after) => events.map(({ transactionHash }) => transactionHash).sort()
    expect(hashes(after)).toEqual(hashes(before))

    expect(await posting.exited).toBe(0)
    await scanning.said(/settled/, 3)
    await voting.said(/settled/, 3)
    expect(await market.events('NewAssertion')).toHaveLength(3)
    expect(await market.events('RevealedAssertion')).toHaveLength(3)
    expect(scanning.output).not.toMatch(/missed/)
  })

  it('gets the same reveals again after it lost them', { timeout: 180_000 }, async () => {
    const { engine, arbiter, ambassador } = market.accounts
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
    const scanning = market.run('microengine', engine, ['--backend', 'eicar'])
    await Promise.all([voting.said(/staked stake/), scanning.said(/ready/)])
    const posting = market.run('ambassador', ambassador, ['--once', '--duration', '20'])
    await scanning.said(/asserted/, 3)
    const snapshot = await market.chain.rpc<string>('evm_snapshot')
    await scanning.said(/revealed/, 3)
    await market.chain.rpc('evm_revert', [snapshot])

    await scanning.said(/revealed/, 6)
    expect(await posting.exited).toBe(0)
    await scanning.said(/settled/, 3)
    expect(await market.events('RevealedAssertion')).toHaveLength(3)
  })
})
