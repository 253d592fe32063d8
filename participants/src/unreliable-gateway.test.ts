import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LyingGateway, TestMarket } from './market.fixture.ts'

let market: TestMarket
let gateway: LyingGateway | undefined

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.1, revealWindow: 12, voteWindow: 20 })
})

afterEach(async () => {
  await market.stop()
  gateway?.stop()
})

/** An engine behind a daemon that misbehaves, and all others behind the honest one, until every bounty is settled. */
async function playBehind(lie: Parameters<typeof LyingGateway.start>[1]) {
  gateway = await LyingGateway.start(market.url, lie)
  const { engine, arbiter, ambassador } = market.accounts
  const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
  const scanning = market.run('microengine', engine, ['--backend', 'eicar'], gateway.url)
  await Promise.all([voting.said(/staked stake/), scanning.said(/ready/)])
  const posting = market.run('ambassador', ambassador, ['--once', '--duration', '15'])
  expect(await posting.exited, posting.output).toBe(0)
  await scanning.said(/settled/, 3)
  return scanning
}

describe('an engine loses no reveal and asserts nothing twice', () => {
  it.each([
    ['no JSON', '<html>504</html>'],
    ['the wrong type', '[1,2]'],
    ['receipt trouble', '{"status":"FAIL","errors":{"errors":["timeout during wait for receipt"]}}'],
  ])('when asking for receipts gives %s', { timeout: 180_000 }, async (_name, said) => {
    const scanning = await playBehind((path, body) =>
      path.startsWith('/transactions') && !body.includes('is_error') ? said : undefined,
    )
    const assertions = await market.events('NewAssertion')
    expect(new Set(assertions.map(({ args }) => args.bountyGuid)).size).toBe(3)
    expect(assertions).toHaveLength(3)
    expect(await market.events('RevealedAssertion')).toHaveLength(3)
    expect(scanning.output).not.toMatch(/missed a duty/)
  })

  it('when its metadata cannot be stored: it reveals with the address that it committed to', {
    timeout: 180_000,
  }, async () => {
    await playBehind((path) => (path.startsWith('/bounties/metadata') ? '{"status":"OK","result":null}' : undefined))
    const reveals = await market.events('RevealedAssertion')
    const address = expect.stringMatching(/^Qm[1-9A-HJ-NP-Za-km-z]{44}$/)
    expect(reveals.map(({ args }) => args.metadata)).toEqual([address, address, address])
  })
})

describe('what is fatal ends the program with a status that says so', () => {
  it.each([
    ['a backend that cannot be set up', `async setup() { throw new Error('no licence') }`, /no licence/],
    ['a backend that is none', `setup: 1`, /default export/],
  ])('%s', { timeout: 180_000 }, async (_name, part, said) => {
    const path = join(market.directory, 'backend.mjs')
    await writeFile(
      path,
      `export default { name: 'b', versions: {}, async setup() {}, async teardown() {}, async analyze() {}, ${part} }`,
    )
    const engine = market.run('microengine', market.accounts.engine, ['--backend', path])
    expect(await engine.exited).toBe(1)
    expect(engine.output).toMatch(said)
  })

  it('a duty that was missed, in testing', { timeout: 180_000 }, async () => {
    const { engine, ambassador } = market.accounts
    // It gets no quotes: what was decided cannot be asserted in time.
    gateway = await LyingGateway.start(market.url, (path) =>
      path.startsWith('/quote') ? '{"status":"FAIL","errors":"no"}' : undefined,
    )
    const scanning = market.run('microengine', engine, ['--backend', 'eicar', '--testing', '1'], gateway.url)
    await scanning.said(/ready/)
    const posting = market.run('ambassador', ambassador, ['--duration', '12'])
    expect(await scanning.exited).toBe(1)
    expect(scanning.output).toMatch(/Not everything that was due happened: assert on/)
    await posting.kill('SIGKILL')
  })

  it('two engines on one journal are refused, and the first goes on', { timeout: 180_000 }, async () => {
    const first = market.run('microengine', market.accounts.engine, ['--backend', 'eicar'])
    await first.said(/ready/)
    const second = market.run('microengine', market.accounts.engine, ['--backend', 'eicar'])
    expect(await second.exited).toBe(75)
    expect(second.output).toMatch(/in use by another process/)
    expect(await first.kill('SIGTERM')).toBe(0)
  })
})
