import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LyingGateway, TestMarket, writeMarketFile } from './market.fixture.ts'

let market: TestMarket
let gateway: LyingGateway | undefined

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.05 })
})

afterEach(async () => {
  await market.stop()
  gateway?.stop()
})

/** Starts an engine on a daemon that lies, posts the samples through the honest one, and waits for what the engine says. */
async function engineSays(
  lie: Parameters<typeof LyingGateway.start>[1],
  pattern: RegExp,
  how?: Parameters<typeof LyingGateway.start>[2],
) {
  gateway = await LyingGateway.start(market.url, lie, how)
  const engine = market.run('microengine', market.accounts.engine, ['--backend', 'eicar'], gateway.url)
  await engine.said(/ready/)
  const ambassador = market.run('ambassador', market.accounts.ambassador, ['--duration', '14'])
  await engine.said(pattern, 3)
  await Promise.all([engine.kill('SIGKILL'), ambassador.kill('SIGKILL')])
  return { engine, requests: gateway.requests }
}

function replaceIn(body: Buffer, from: RegExp, to: string): string {
  const text = body.toString('utf8')
  expect(text).toMatch(from)
  return text.replace(from, to)
}

describe('an engine whose polyswarmd lies', () => {
  it.each([
    ['another chain', /"chain_id":\d+/, '"chain_id":1'],
    ['a price that nobody allowed', /"gas_price":\d+/, '"gas_price":1000000000000000'],
    ['gas that nobody allowed', /"gas":\d+/, '"gas":900000000'],
  ])('signs nothing that would be for %s', { timeout: 180_000 }, async (_what, honest, said) => {
    const { requests } = await engineSays(
      (path, body) => (path.startsWith('/quote') && honest.test(`${body}`) ? replaceIn(body, honest, said) : undefined),
      /attempt failed.*QUOTE_REJECTED/,
    )
    expect(requests.filter((request) => request === 'POST /transactions')).toEqual([])
    expect(await market.events('NewAssertion')).toEqual([])
  })

  it('asks it to build nothing: what is signed is what the engine means, whatever is built', {
    timeout: 180_000,
  }, async () => {
    const registry = market.deployment.bounty_registry_address.slice(2).toLowerCase()
    const { requests } = await engineSays(
      (_path, body) =>
        body.includes('"transactions"')
          ? body.toString('utf8').replaceAll(new RegExp(`(095ea7b3\\d{24})${registry}`, 'gi'), `$1${'66'.repeat(20)}`)
          : undefined,
      /asserted/,
    )
    expect(requests.filter((request) => /^POST .*\/(assertions|reveal|settle|vote)/.test(request))).toEqual([])
    expect(await market.events('NewAssertion')).toHaveLength(3)
  })

  it('refuses artifacts that are not those of their content address', { timeout: 180_000 }, async () => {
    const { engine, requests } = await engineSays(
      (path) => (/\/artifacts\/\w+\/\d+/.test(path) ? Buffer.from('something harmless') : undefined),
      /refused.*content address/,
    )
    expect(engine.output).not.toMatch(/going to assert/)
    expect(requests.filter((request) => request === 'POST /transactions')).toEqual([])
  })

  it('refuses artifacts that are not those of the bounty, even if they fit their list', {
    timeout: 180_000,
  }, async () => {
    // "hello world\n", by its true content address.
    const { engine } = await engineSays((path, body) => {
      if (/\/artifacts\/\w+\/\d+/.test(path)) return Buffer.from('hello world\n')
      if (!/^\/artifacts\/\w+\//.test(path)) return undefined
      return body
        .toString('utf8')
        .replaceAll(/"hash":"\w+"/g, '"hash":"QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"')
    }, /refused.*content address/)
    expect(engine.output).not.toMatch(/going to assert/)
  })

  it('takes nothing from an archive that was changed, and refuses the bounty where the rest is false too', {
    timeout: 180_000,
  }, async () => {
    const { engine, requests } = await engineSays(
      (path, body) => {
        if (/\/artifacts\/\w+\/\d+/.test(path)) return Buffer.from('something harmless')
        return /^\/artifacts\/\w+\//.test(path) && body[0] !== 0x7b ? body.fill(1, body.length - 10) : undefined
      },
      /refused.*content address/,
      { archives: true },
    )
    expect(engine.output).not.toMatch(/going to assert/)
    expect(requests.filter((request) => request === 'POST /transactions')).toEqual([])
  })

  it('does not start on another market than the one it was told', async () => {
    const path = join(market.directory, 'market.json')
    await writeMarketFile(path, market.deployment)
    gateway = await LyingGateway.start(market.url, (route, body) =>
      route.startsWith('/contracts')
        ? replaceIn(body, /("bounty_registry_address":")0x\w+/, `$10x${'66'.repeat(20)}`)
        : undefined,
    )
    const engine = market.run('microengine', market.accounts.rival, ['--market', path], gateway.url)
    expect(await engine.exited).toBe(1)
    expect(engine.output).toMatch(/bountyRegistry was .* and is now 0x6666/)
  })
})

describe('an arbiter whose polyswarmd lies', () => {
  it('does not vote on what it was not asked about', { timeout: 180_000 }, async () => {
    gateway = await LyingGateway.start(market.url, (path) =>
      /\/artifacts\/\w+\/\d+/.test(path) ? Buffer.from('something harmless') : undefined,
    )
    const arbiter = market.run('arbiter', market.accounts.arbiter, ['--truth-db', market.truthDb], gateway.url)
    await arbiter.said(/staked stake/)
    const ambassador = market.run('ambassador', market.accounts.ambassador, ['--duration', '5'])
    await arbiter.said(/refused.*content address/, 3)
    expect(arbiter.output).not.toMatch(/going to vote/)
    await ambassador.kill('SIGKILL')
  })
})
