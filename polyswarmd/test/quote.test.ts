import { join } from 'node:path'
import {
  approveCall,
  batchCall,
  newGuid,
  parseNct,
  postAssertionCall,
  quoteResult,
  settleBountyCall,
} from '@polyswarm/protocol'
import fc from 'fast-check'
import { zeroAddress } from 'viem'
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

const engine = () => market.engines[0]?.address ?? zeroAddress

/** An approval, and the assertion that needs it. */
async function assertion() {
  const order = { guid: await moves.post(), bids: [parseNct('1')], mask: 1n, commitment: 1n }
  const approval = approveCall(moves.addresses, moves.addresses.bountyRegistry, parseNct('2'))
  return [approval, postAssertionCall(moves.addresses, order)]
}

async function quoted(calls: unknown, client = api) {
  const { status, body } = await client.post(`/quote?account=${engine()}`, { calls })
  expect(status, JSON.stringify(body)).toBe(200)
  return quoteResult.parse(body.result)
}

test('a quote without calls says where the account and the chain are', async () => {
  const block = Number(await market.client.getBlockNumber({ cacheTime: 0 }))
  const nonce = await market.client.getTransactionCount({ address: engine() })
  expect(await quoted([])).toEqual({
    ...{ chain_id: market.deployment.chain_id, block, nonce, gas_price: 0n, calls: [] },
  })
})

test('calls are priced in their order, each after those before it', async () => {
  const [approval, assert] = await assertion()
  const { calls } = await quoted([approval, assert])
  expect(calls.map(({ error }) => error)).toEqual([null, null])
  for (const { gas } of calls) expect(gas).toBeGreaterThan(30_000n)
  expect(await quoted([assert])).toMatchObject({ calls: [{ gas: null, error: expect.stringMatching(/allowance/i) }] })
})

test('a call that would fail says why, and what comes after it is not judged', async () => {
  const [approval] = await assertion()
  const { calls } = await quoted([settleBountyCall(moves.addresses, newGuid()), approval])
  expect(calls).toEqual([
    { gas: null, error: expect.stringMatching(/bounty/i) },
    { gas: null, error: null },
  ])
})

test('a batch of nothing is refused by its name, so that a program learns that the registry has batches', async () => {
  const nothing = { gas: null, error: expect.stringContaining('Batch nothing done') }
  expect((await quoted([batchCall(moves.addresses, [])])).calls).toEqual([nothing])
  const node = await OlderNode.before(market.anvil.rpcUrl, ['eth_simulateV1'])
  onTestFinished(() => node.stop())
  const chains = { side: { ...market.deployment, eth_uri: node.url } }
  const other = await market.daemon({ chains, data: join(market.directory, 'older-node-of-batches') })
  onTestFinished(() => other.stop())
  expect((await quoted([batchCall(moves.addresses, [])], new TestClient(other.url))).calls).toEqual([nothing])
})

test('a node that cannot run several is asked for the first alone', async () => {
  const node = await OlderNode.before(market.anvil.rpcUrl, ['eth_simulateV1'])
  onTestFinished(() => node.stop())
  const chains = { side: { ...market.deployment, eth_uri: node.url } }
  const other = await market.daemon({ chains, data: join(market.directory, 'older-node') })
  onTestFinished(() => other.stop())
  const older = new TestClient(other.url)
  const [approval, assert] = await assertion()
  expect((await quoted([approval, assert], older)).calls).toEqual([
    { gas: expect.any(BigInt), error: null },
    { gas: null, error: null },
  ])
  expect((await quoted([settleBountyCall(moves.addresses, newGuid())], older)).calls).toEqual([
    { gas: null, error: expect.stringMatching(/bounty/i) },
  ])
})

test('calls to others than the contracts of the market are not run', async () => {
  const { status, body } = await api.post(`/quote?account=${engine()}`, { calls: [{ to: engine(), data: '0x' }] })
  expect({ status, body }).toEqual({
    status: 400,
    body: { status: 'FAIL', errors: 'Calls must be to contracts of this market' },
  })
})

test('whatever the body is, it is answered or refused', async () => {
  const part = fc.oneof(fc.anything({ withBigInt: false }), fc.constant('0x'), fc.constant(zeroAddress), fc.string())
  const body = fc.oneof(
    fc.record({ calls: fc.array(fc.record({ to: part, data: part }), { maxLength: 12 }) }),
    fc.record({ calls: part }),
    part,
  )
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const { status } = await api.post(`/quote?account=${engine()}`, sent)
      expect([200, 400]).toContain(status)
    }),
    { numRuns: 50 },
  )
})
