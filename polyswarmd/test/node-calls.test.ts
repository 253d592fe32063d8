import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { CountingNode } from './counting-node.ts'
import { MarketMoves } from './market-moves.ts'
import { type Answer, TestClient, TestMarket } from './test-market.ts'

/** How many ask at the same time. */
const CALLERS = 30

let market: TestMarket
let node: CountingNode
let daemon: Polyswarmd
let api: TestClient
beforeAll(async () => {
  market = await TestMarket.start({ free: false })
  node = await CountingNode.before(market.anvil.rpcUrl)
  daemon = await market.daemon({ chains: { side: { ...market.deployment, eth_uri: node.url } } })
  api = new TestClient(daemon.url)
})
afterAll(async () => {
  await daemon.stop()
  node.stop()
  await market.stop()
})

const all = (ask: () => Promise<Answer>) => Promise.all(Array.from({ length: CALLERS }, ask))
const hashes = (count: number) => Array.from({ length: count }, () => `0x${randomBytes(32).toString('hex')}`)

test('however many wait for transactions that never come, each is asked for once a block at most', async () => {
  const wanted = hashes(10)
  node.take('eth_getTransactionReceipt')
  const path = `/transactions?account=${market.ambassador.address}&wait=2`
  const answers = all(() => api.send('GET', path, JSON.stringify({ transactions: wanted })))
  const moves = new MarketMoves(market)
  const begin = await moves.head()
  for (let bounty = 0; bounty < 5; bounty++) await moves.post()
  for (const { status, body } of await answers) {
    expect(status).toBe(400)
    expect(body.errors.errors[0]).toBe(`transaction ${wanted[0]?.slice(2)}: timeout during wait for receipt`)
  }
  // Some are asked for twice at first, as callers do not come in the same moment.
  const blocks = (await moves.head()) - begin
  expect(node.take('eth_getTransactionReceipt')).toBeLessThanOrEqual((blocks + 2) * wanted.length)
})

test('a transaction is reported to all who wait for it when its block comes, and looked up once for all', async () => {
  await market.anvil.rpc('evm_setAutomine', [false])
  const { address } = market.ambassador
  const { body } = await api.post(`/staking/deposit?account=${address}`, { amount: '1' })
  const [approve] = body.result.transactions
  const raw = await market.ambassador.signTransaction({
    ...approve,
    type: 'legacy',
    gas: BigInt(approve.gas),
    gasPrice: BigInt(approve.gasPrice),
    value: 0n,
  })
  const sent = await api.post(`/transactions?account=${address}`, { transactions: [raw.slice(2)] })
  const [{ message: hash }] = sent.body.result
  node.take('eth_getTransactionReceipt')
  const path = `/transactions?account=${address}`
  const answers = all(() => api.send('GET', path, JSON.stringify({ transactions: [hash] })))
  await expect.poll(() => node.calls.get('eth_getTransactionReceipt') ?? 0).toBeGreaterThan(0)
  await market.anvil.rpc('evm_setAutomine', [true])
  await market.anvil.mine()
  for (const { status } of await answers) expect(status).toBe(200)
  expect(node.take('eth_getTransactionReceipt')).toBeLessThanOrEqual(6)
})

test('what many ask for in the same moment is asked of the node for all of them', async () => {
  const { address } = market.ambassador
  for (const [path, method] of [
    [`/balances/${address}/eth`, 'eth_getBalance'],
    [`/balances/${address}/nct`, 'eth_call'],
    [`/nonce?account=${address}`, 'eth_getTransactionCount'],
    [`/pending?account=${address}`, 'txpool_inspect'],
    [`/syncing?account=${address}`, 'eth_syncing'],
    ['/status', 'eth_blockNumber'],
  ] as const) {
    node.take(method)
    const [first, ...others] = await all(() => api.get(path))
    expect(first?.status, path).toBe(200)
    for (const other of others) expect(other).toEqual(first)
    expect(node.take(method), path).toBeLessThan(CALLERS / 2)
  }
})

test('the price of gas is asked for once a block, also by those who come one after the other', async () => {
  const { address } = market.ambassador
  await api.post(`/staking/deposit?account=${address}`, { amount: '1' })
  node.take('eth_gasPrice')
  for (let caller = 0; caller < 10; caller++) {
    const { status } = await api.post(`/staking/deposit?account=${address}`, { amount: '1' })
    expect(status).toBe(200)
  }
  expect(node.take('eth_gasPrice')).toBeLessThanOrEqual(5)
})
