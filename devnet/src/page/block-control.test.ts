import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { Miner } from '../processes/miner.js'
import { BlockControl } from './block-control.js'

let chain: TestChain
let control: BlockControl
const server = createServer((request, response) => void control.answer(request, response))
beforeAll(async () => {
  chain = await startAnvil({ noMining: true })
  control = new BlockControl(new Miner(chain.rpcUrl, 0.05))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  await control.close()
  server.close()
  await chain.stop()
})

const headOf = async () => Number(await chain.rpc('eth_blockNumber'))
async function ask(body?: unknown, method = body === undefined ? 'GET' : 'POST') {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const answer = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
  return { status: answer.status, said: await answer.json() }
}

test('blocks are held, go one step, get another pace and go on; and stand still before the market opens and after it', async () => {
  expect(await ask({ step: true })).toMatchObject({
    status: 400,
    said: { error: expect.stringMatching(/starting or stopping/) },
  })
  expect(await headOf()).toBe(0)
  control.open()
  expect(await ask()).toEqual({ status: 200, said: { running: true, block_time: 0.05 } })
  await expect.poll(headOf).toBeGreaterThan(2)
  expect(await ask({ running: false })).toEqual({ status: 200, said: { running: false, block_time: 0.05 } })
  const held = await headOf()
  // All at once: each is a block, and none is lost.
  await Promise.all([ask({ step: true }), ask({ step: true }), ask({ step: true })])
  expect(await headOf()).toBe(held + 3)
  expect(await ask({ block_time: 0.1, running: true })).toEqual({
    status: 200,
    said: { running: true, block_time: 0.1 },
  })
  await expect.poll(headOf).toBeGreaterThan(held + 4)
  await control.close()
  const closed = await headOf()
  expect(await ask({ running: true })).toMatchObject({ status: 400 })
  expect(await headOf()).toBe(closed)
})

test.each([
  ['nothing that it knows', { blocks: 7 }],
  ['a pace below what the chain can keep', { block_time: 0.001 }],
  ['a pace that is none', { block_time: '1' }],
  ['more than it reads', { step: true, more: 'x'.repeat(2_000) }],
  ['a list', []],
])('%s is refused', async (_, body) => {
  expect(await ask(body)).toMatchObject({ status: 400, said: { error: expect.stringMatching(/go on as they did/) } })
})

test('another method is refused', async () => {
  expect(await ask({}, 'PUT')).toMatchObject({ status: 400 })
})
