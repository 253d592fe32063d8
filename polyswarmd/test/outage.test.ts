import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startAnvil } from '../../test/support/anvil.ts'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener } from './event-listener.ts'
import { Line } from './line.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let line: Line
let daemon: Polyswarmd
let api: TestClient
let account: string
beforeAll(async () => {
  market = await TestMarket.start()
  line = new Line(Number(new URL(market.anvil.rpcUrl).port))
  const deployment = { ...market.deployment, eth_uri: `http://${await line.listen()}` }
  daemon = await market.daemon({ chains: { side: deployment } })
  api = new TestClient(daemon.url)
  account = `account=${market.ambassador.address}`
})
afterAll(async () => {
  await daemon.stop()
  line.stop()
  await market.stop()
})

test('a node that is gone for a while costs no event; meanwhile what the ledger knows is served, the rest is refused', async () => {
  const moves = new MarketMoves(market)
  const before = await moves.post()
  const listener = await EventListener.connect(daemon.url, '?since=0')
  await listener.until(({ event, data }) => event === 'bounty' && data.guid === before)
  expect((await api.get(`/bounties?${account}`)).status).toBe(200)

  line.cut()
  await expect.poll(async () => (await api.get('/ready')).status).toBe(503)
  const during = await moves.post()
  await market.anvil.mine(3)
  expect((await api.get(`/bounties/${before}?${account}`)).status).toBe(200)
  expect((await api.get(`/bounties/${before}/assertions?${account}`)).body.result).toEqual([])
  expect((await api.get('/status')).body.result.side).toEqual({ reachable: false })
  expect((await api.get('/health')).status).toBe(200)
  expect(await api.get(`/balances/${market.ambassador.address}/nct`)).toEqual({
    status: 500,
    body: { status: 'FAIL', errors: 'Could not retrieve balance' },
  })
  for (const path of [`/nonce?${account}`, `/pending?${account}`, `/syncing?${account}`]) {
    const { status, body } = await api.get(path)
    expect([status, body.status, body.errors]).toEqual([503, 'FAIL', expect.stringContaining('does not answer')])
  }
  expect((await api.post(`/bounties/${before}/settle?${account}`)).status).toBe(503)

  line.mend()
  await listener.until(({ event, data }) => event === 'bounty' && data.guid === during)
  await listener.untilBlock(await moves.head())
  await expect.poll(async () => (await api.get('/ready')).status).toBe(200)
  const blocks = listener.messages.filter(({ event }) => event === 'block').map(({ data }) => data.number)
  expect(blocks).toEqual(blocks.map((_, index) => index))
  listener.close()
})

test('a node that is not there at the start is waited for, and then given up for now', async () => {
  const chains = { side: { ...market.deployment, eth_uri: 'http://127.0.0.1:9' } }
  await expect(market.daemon({ data: `${market.directory}/absent`, chains, chainPatience: 300 })).rejects.toMatchObject(
    {
      code: 'CHAIN_UNAVAILABLE',
      retryable: true,
    },
  )
})

test('a node over WebSocket that is gone for a while, more than once, costs no event either', async () => {
  const wire = new Line(Number(new URL(market.anvil.rpcUrl).port))
  const chains = { side: { ...market.deployment, eth_uri: `ws://${await wire.listen()}` } }
  const other = await market.daemon({ chains, data: join(market.directory, 'websocket') })
  const listener = await EventListener.connect(other.url, '?since=0')
  const client = new TestClient(other.url)
  const moves = new MarketMoves(market)
  for (let outage = 0; outage < 3; outage++) {
    wire.cut()
    await expect.poll(async () => (await client.get('/ready')).status, { timeout: 15_000 }).toBe(503)
    const during = await moves.post()
    wire.mend()
    await listener.until(({ event, data }) => event === 'bounty' && data.guid === during)
    await expect.poll(async () => (await client.get('/ready')).status, { timeout: 15_000 }).toBe(200)
  }
  const guids = listener.messages.filter(({ event }) => event === 'bounty').map(({ data }) => data.guid)
  expect(new Set(guids).size).toBe(guids.length)
  listener.close()
  await other.stop()
  wire.stop()
}, 180_000)

test('a node that has become that of another chain ends the daemon before it takes anything back', async () => {
  const guid = await new MarketMoves(market).post()
  await expect.poll(async () => (await api.get(`/bounties/${guid}?${account}`)).status).toBe(200)
  const known = (await api.get(`/bounties?${account}`)).body.result
  const other = await startAnvil({ timestamp: 1_000_000_000 })
  onTestFinished(() => other.stop())
  line.cut()
  line.mend(Number(new URL(other.rpcUrl).port))
  await expect(daemon.failed).rejects.toMatchObject({ code: 'LEDGER_MISMATCH' })
  expect(known).toContain(guid)
  expect((await api.get(`/bounties?${account}`)).body.result).toEqual(known)
})
