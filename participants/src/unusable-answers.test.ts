import { afterEach, beforeEach, expect, it } from 'vitest'
import { LyingGateway, TestMarket } from './market.fixture.ts'

const REFUSAL = '{"status":"FAIL","errors":"no"}'

let market: TestMarket
let gateway: LyingGateway

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.1, revealWindow: 16, voteWindow: 16 })
})

afterEach(async () => {
  await market.stop()
  gateway.stop()
})

it.each([
  ['refused', REFUSAL],
  ['too large', `{"status":"OK","result":[${'"",'.repeat(6 * 1024 * 1024)}""]}`],
  ['of another shape', '{"status":"OK","result":[{"author":7}]}'],
])(
  'an engine whose questions about others are answered with something %s reveals and settles, also after a restart',
  {
    timeout: 180_000,
  },
  async (_name, said) => {
    const lie = (path: string, body: Buffer) =>
      /^\/bounties\/[^/]+\/(assertions|votes|settlements)\?/.test(path) && !body.includes('"transactions"')
        ? said
        : undefined
    gateway = await LyingGateway.start(market.url, lie)
    const { engine, arbiter, ambassador } = market.accounts
    const run = () => market.run('microengine', engine, ['--backend', 'eicar'], gateway.url)
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
    const first = run()
    await Promise.all([voting.said(/staked stake/), first.said(/ready/)])
    const posting = market.run('ambassador', ambassador, ['--once', '--duration', '24'])
    await first.said(/asserted/, 3)
    await first.kill('SIGKILL')
    const again = run()
    await again.said(/settled/, 3)
    expect(await posting.exited, posting.output).toBe(0)
    expect(await market.events('RevealedAssertion')).toHaveLength(3)
    expect(again.output).not.toMatch(/missed a duty/)
  },
)

it('an arbiter whose questions about its stake are refused asks again, and stakes', { timeout: 180_000 }, async () => {
  let asked = 0
  // The first is that of the start.
  gateway = await LyingGateway.start(market.url, (path) =>
    path.startsWith('/staking/parameters') && [2, 3].includes(++asked) ? REFUSAL : undefined,
  )
  const arbiter = market.run('arbiter', market.accounts.arbiter, ['--truth-db', market.truthDb], gateway.url)
  await arbiter.said(/staked stake/)
  expect(arbiter.output).toMatch(/will try again/)
})

it('an ambassador of whose uploads some are refused posts all of its bounties', { timeout: 180_000 }, async () => {
  let uploads = 0
  gateway = await LyingGateway.start(market.url, (path) =>
    path.startsWith('/artifacts/?') && ++uploads <= 4 ? REFUSAL : undefined,
  )
  const posting = market.run('ambassador', market.accounts.ambassador, ['--duration', '15'], gateway.url)
  await posting.said(/(?<!be )posted/, 3)
  expect(await market.events('NewBounty')).toHaveLength(3)
})
