import { createTestClient, http, publicActions } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { Miner } from './miner.js'

let chain: TestChain
afterEach(() => chain.stop())

const headOf = async () => Number(await chain.rpc('eth_blockNumber'))

test('a chain without a clock goes on while it is mined, and stands still where it is held', async () => {
  chain = await startAnvil({ noMining: true })
  const miner = new Miner(chain.rpcUrl, 0.05)
  expect(await headOf()).toBe(0)
  miner.start()
  await expect.poll(headOf).toBeGreaterThan(3)
  await miner.hold()
  const held = await headOf()
  await transact()
  expect(await headOf()).toBe(held)
  miner.start()
  await expect.poll(headOf).toBeGreaterThan(held)
  await miner.hold()
})

test('no block is mined while something is done between two', async () => {
  chain = await startAnvil({ noMining: true })
  const miner = new Miner(chain.rpcUrl, 0.01)
  miner.start()
  await expect.poll(headOf).toBeGreaterThan(3)
  const { promise, resolve } = Promise.withResolvers<void>()
  let before = 0
  const done = miner.between(async () => {
    before = await headOf()
    await promise
    return headOf()
  })
  await expect.poll(() => before).toBeGreaterThan(0)
  for (let asked = 0; asked < 20; asked++) expect(await headOf()).toBe(before)
  resolve()
  expect(await done).toBe(before)
  await expect.poll(headOf).toBeGreaterThan(before)
  await miner.hold()
})

test('it takes over from a chain that mined each transaction at once', async () => {
  chain = await startAnvil()
  const client = createTestClient({ transport: http(chain.rpcUrl), mode: 'anvil' }).extend(publicActions)
  await transact()
  await expect.poll(headOf).toBe(1)
  const miner = new Miner(chain.rpcUrl, 0.05)
  await miner.takeOver()
  await transact()
  expect(await headOf()).toBe(1)
  miner.start()
  const transactions = async () => {
    const numbers = Array.from({ length: (await headOf()) - 1 }, (_, index) => BigInt(index) + 2n)
    const counts = await Promise.all(numbers.map((blockNumber) => client.getBlockTransactionCount({ blockNumber })))
    return counts.reduce((sum, count) => sum + count, 0)
  }
  await expect.poll(transactions).toBe(1)
  await miner.hold()
})

test('the next block waits for who follows the chain, once somebody does', async () => {
  chain = await startAnvil({ noMining: true })
  const miner = new Miner(chain.rpcUrl, 0.05)
  miner.start()
  await expect.poll(headOf).toBeGreaterThan(2)
  miner.followed(1)
  await miner.hold()
  const held = await headOf()
  miner.followed(held)
  miner.start()
  await expect.poll(headOf).toBe(held + 1)
  for (let block = held + 1; block < held + 5; block++) {
    // One block for each that was followed, and no more.
    expect(await headOf()).toBe(block)
    miner.followed(block)
    await expect.poll(headOf).toBe(block + 1)
  }
  await miner.hold()
})

test('the next block waits for a program that starts again, and for nobody else', async () => {
  chain = await startAnvil({ noMining: true })
  const miner = new Miner(chain.rpcUrl, 0.001)
  miner.start()
  await expect.poll(headOf).toBeGreaterThan(2)
  miner.away('engine')
  miner.away('arbiter')
  await miner.hold()
  const held = await headOf()
  miner.start()
  await expect.poll(headOf).toBe(held + 1)
  miner.back('arbiter')
  // Each question takes about as long as a block would.
  for (let question = 0; question < 100; question++) expect(await headOf()).toBe(held + 1)
  miner.back('engine')
  await expect.poll(headOf).toBeGreaterThan(held + 1)
  await miner.hold()
})

test('a chain that is away is mined again when it is back', async () => {
  chain = await startAnvil({ noMining: true })
  const { port } = new URL(chain.rpcUrl)
  const miner = new Miner(chain.rpcUrl, 0.05)
  miner.start()
  await expect.poll(headOf).toBeGreaterThan(0)
  await chain.stop()
  chain = await startAnvil({ noMining: true, port: Number(port) })
  await expect.poll(headOf).toBeGreaterThan(0)
  await miner.hold()
})

async function transact(): Promise<void> {
  const [from] = await chain.rpc<string[]>('eth_accounts')
  await chain.rpc('eth_sendTransaction', [{ from, to: `0x${'11'.repeat(20)}`, value: '0x0', gasPrice: '0x0' }])
}
