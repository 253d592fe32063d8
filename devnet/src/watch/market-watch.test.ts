import { PolyswarmdClient } from '@polyswarm/participants'
import { newGuid, parseJson, stringifyJson } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LyingGateway, TestMarket } from '../../../participants/src/market.fixture.ts'
import { postAsStranger } from '../../../participants/src/stranger.fixture.ts'
import { MarketWatch } from './market-watch.ts'

let market: TestMarket
let gateway: LyingGateway | undefined

beforeEach(async () => {
  market = await TestMarket.start()
})

afterEach(async () => {
  gateway?.stop()
  await market.stop()
})

test('a bounty that cannot be read costs its own story, and the others are told', { timeout: 180_000 }, async () => {
  const [odd, late, good] = [newGuid(), newGuid(), newGuid()]
  let refusals = 0
  const lie = (path: string) => {
    if (path.startsWith(`/bounties/${odd}/terms`)) return '{"status":"OK","result":{"num_artifacts":1e300}}'
    if (!path.startsWith(`/bounties/${late}/terms`) || refusals++ > 0) return undefined
    return '['.repeat(100_000)
  }
  // An older daemon does not tell them with the bounty.
  gateway = await LyingGateway.start(market.url, lie, { tell: (message) => message.replace(/,"terms":{[^}]*}/, '') })
  const account = market.accounts.rival.account.address
  const client = new PolyswarmdClient({ url: new URL(gateway.url), account, chain: 'side' })
  const told: string[] = []
  const unreadable: string[] = []
  const stopping = new AbortController()
  await postAsStranger(
    market,
    [odd, late, good].map((guid) => ({ guid })),
  )
  const watch = new MarketWatch(client, pino({ level: 'silent' }))
  await watch.run(
    {
      bounty: (_, { guid }) => {
        told.push(guid)
        if (guid === odd) throw new Error('cannot be told')
        if (guid === good) stopping.abort()
      },
      unreadable: (event) => event.event === 'bounty' && unreadable.push(event.data.guid),
      block: () => undefined,
      reorg: () => undefined,
    },
    stopping.signal,
  )
  expect(told).toEqual([good])
  expect(unreadable).toEqual([odd, late])
  client.close()
})

test('an old market is followed from what is open, and nothing of the past is asked for', {
  timeout: 180_000,
}, async () => {
  const [over, open] = [newGuid(), newGuid()]
  await postAsStranger(market, [{ guid: over }])
  await market.chain.mine(60)
  await postAsStranger(market, [{ guid: open, duration: 50 }])
  await market.stopDaemon()
  // Who has missed what the daemon has forgotten begins with what is open, as who is far behind does.
  await market.startDaemon(['side'], 4)
  const path = `/bounties/${over}?account=${market.accounts.engine.account.address}`
  await expect.poll(async () => (await fetch(`${market.url}${path}`)).status, { timeout: 30_000 }).toBe(404)
  const [engine, arbiter] = [market.accounts.engine.account.address, market.accounts.arbiter.account.address]
  const said = {
    assertions: [
      {
        ...{ author: engine, mask: [true], commitment: '7', nonce: '5', verdicts: [true], metadata: '', bid: ['3'] },
      },
      { author: arbiter, mask: [true], commitment: '7', nonce: '0', verdicts: [null], metadata: '', bid: ['4'] },
    ],
    votes: [{ voter: arbiter, votes: [true], valid_bloom: true }],
    settlements: [{ settler: arbiter, payout: '9', block_number: 3 }],
  }
  gateway = await LyingGateway.start(market.url, (path, body) => {
    const [, what] = new RegExp(`^/bounties/${open}/(assertions|votes|settlements)`).exec(path) ?? []
    const honest = parseJson(String(body)) as object
    return what && stringifyJson({ ...honest, result: said[what as keyof typeof said] })
  })
  const client = new PolyswarmdClient({ url: new URL(gateway.url), account: engine, chain: 'side' })
  const watch = new MarketWatch(client, pino({ level: 'silent' }))
  const stopping = new AbortController()
  const told: string[] = []
  const running = watch.run(
    {
      bounty: (_, { guid }) => told.push(guid),
      unreadable: (_, reason) => expect.unreachable(reason),
      block: () => stopping.abort(),
      reorg: () => undefined,
    },
    stopping.signal,
  )
  await expect.poll(() => watch.bounties.get(open)?.settlements).toHaveLength(1)
  await market.chain.mine()
  await running
  expect(told).toEqual([open])
  expect([...watch.bounties.keys()]).toEqual([open])
  expect(watch.bounties.get(open)).toMatchObject({
    assertions: [
      { author: engine, bids: [3n], verdicts: 1n },
      { author: arbiter, bids: [4n], verdicts: null },
    ],
    votes: [{ voter: arbiter, votes: 1n }],
    settlements: [{ settler: arbiter, payout: 9n }],
  })
  expect(gateway.requests.filter((request) => !request.includes(open))).toEqual([])
  expect(gateway.requests.filter((request) => request.includes('/terms'))).toEqual([])
  client.close()
})
