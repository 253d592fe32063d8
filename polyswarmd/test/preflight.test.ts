import { join } from 'node:path'
import { newGuid, parseNct } from '@polyswarm/protocol'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { OlderNode } from './older-node.ts'
import { TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let moves: MarketMoves
let daemon: Polyswarmd
let api: TestClient
beforeAll(async () => {
  market = await TestMarket.start()
  moves = new MarketMoves(market)
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

const query = (address: string) => `account=${address}&preflight=1`
const BID = { bid: [String(parseNct('1'))], mask: [true], commitment: '1' }

test('what would be mined is answered as without it, an approval and what needs it together', async () => {
  const { body } = await api.upload(['an artifact'])
  const order = {
    artifact_type: 'file',
    amount: String(parseNct('2')),
    uri: body.result,
    duration: 10,
    guid: newGuid(),
  }
  const { address } = market.ambassador
  const built = await api.post(`/bounties?${query(address)}`, order)
  expect(built.status).toBe(200)
  expect(built.body).toEqual((await api.post(`/bounties?account=${address}`, order)).body)
})

test('what would revert is refused with the reason of the contract, and is built where nobody asks', async () => {
  const guid = await moves.post()
  const [engine] = market.engines
  const stranger = privateKeyToAccount(generatePrivateKey())
  const path = `/bounties/${guid}`
  const cases = [
    [`${path}/assertions`, stranger.address, BID, /^Transaction would fail: .*balance/i],
    [`${path}/settle`, stranger.address, undefined, /^Transaction would fail: \S+/],
    [`${path}/vote`, stranger.address, { votes: [true], valid_bloom: true }, /^Transaction would fail: \S+/],
    [`/bounties/${newGuid()}/assertions`, engine?.address ?? '', BID, /^Transaction would fail: .*bounty/i],
  ] as const
  for (const [route, address, body, reason] of cases) {
    const refused = await api.post(`${route}?${query(address)}`, body)
    expect(refused, route).toEqual({ status: 400, body: { status: 'FAIL', errors: expect.stringMatching(reason) } })
    for (const off of ['', '&preflight=0', '&preflight=false']) {
      expect((await api.post(`${route}?account=${address}${off}`, body)).status, route).toBe(200)
    }
  }
})

test('a bounty on which nobody could vote is refused with the reason', async () => {
  const bare = await TestMarket.start({ arbiters: [] })
  onTestFinished(() => bare.stop())
  const lonely = await bare.daemon()
  onTestFinished(() => lonely.stop())
  const client = new TestClient(lonely.url)
  const { body } = await client.upload(['an artifact'])
  const order = { artifact_type: 'file', amount: String(parseNct('2')), uri: body.result, duration: 10 }
  const refused = await client.post(`/bounties?${query(bare.ambassador.address)}`, { ...order, guid: newGuid() })
  expect(refused).toEqual({
    status: 400,
    body: { status: 'FAIL', errors: 'Transaction would fail: Bounty without arbiters' },
  })
})

test('an assertion after its round is over is refused', async () => {
  const guid = await moves.post({ duration: 1 })
  await market.anvil.mine(2)
  const { body } = await api.post(`/bounties/${guid}/assertions?${query(market.engines[0]?.address ?? '')}`, BID)
  expect(body.errors).toMatch(/^Transaction would fail: /)
})

test('a node that cannot run several is asked for the first transaction alone', async () => {
  const node = await OlderNode.before(market.anvil.rpcUrl, ['eth_simulateV1'])
  onTestFinished(() => node.stop())
  const chains = { side: { ...market.deployment, eth_uri: node.url } }
  const other = await market.daemon({ chains, data: join(market.directory, 'older-node') })
  onTestFinished(() => other.stop())
  const older = new TestClient(other.url)
  const stranger = privateKeyToAccount(generatePrivateKey())
  const settled = await older.post(`/bounties/${await moves.post()}/settle?${query(stranger.address)}`)
  expect(settled.body.errors).toMatch(/^Transaction would fail: \S+/)
  // The approval is mined; the assertion after it is not looked at.
  const asserted = await older.post(`/bounties/${newGuid()}/assertions?${query(market.engines[0]?.address ?? '')}`, BID)
  expect(asserted.body.result.transactions).toHaveLength(2)
})
