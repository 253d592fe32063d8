import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { keepNoBlockHashes } from './block-hashes.ts'
import { ChainStateKeeper } from './chain-state.ts'
import { stateDump } from './state-dump.ts'

const SOMEBODY = `0x${'11'.repeat(20)}`

let directory: string
let chain: TestChain
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chain-state-'))
  chain = await startAnvil()
})
afterEach(async () => {
  await chain.stop()
  rmSync(directory, { recursive: true })
})

test('a chain goes on from its file as what it was', async () => {
  const state = join(directory, 'state.json')
  await chain.rpc('anvil_setBalance', [SOMEBODY, '0x7'])
  await chain.mine(50)
  const blocks = await blocksOf()
  await new ChainStateKeeper(state, chain.rpcUrl).save()
  await chain.stop()
  chain = await startAnvil({ state })
  expect(await blocksOf()).toEqual(blocks)
  expect(await chain.rpc('eth_getBalance', [SOMEBODY, 'latest'])).toBe('0x7')
})

test('what the state holds does not grow with empty blocks, also not after the chain went on from it', async () => {
  const state = join(directory, 'state.json')
  const keeper = () => new ChainStateKeeper(state, chain.rpcUrl).save()
  await keepNoBlockHashes(chain.rpcUrl)
  await keeper()
  const before = words()
  await chain.mine(30)
  await keeper()
  expect(words()).toBe(before)
  await chain.stop()
  chain = await startAnvil({ state })
  await chain.mine(30)
  await keeper()
  expect(words()).toBe(before)
  /** Words of storage, and of code, in the file. */
  function words(): number {
    const { accounts } = JSON.parse(readFileSync(state, 'utf8')) as { accounts: Record<string, { storage: object }> }
    return Object.values(accounts).reduce((sum, { storage }) => sum + Object.keys(storage).length, 0)
  }
})

test.each([1, 7, 64_000])('the state is read in whatever pieces of %i bytes it comes', async (size) => {
  const whole = Buffer.from(Array.from({ length: 300 }, (_, index) => index % 256))
  const text = `{"jsonrpc":"2.0","id":1,"result":"0x${whole.toString('hex')}"}`
  expect(await readFrom(text, size)).toEqual(whole)
})

test.each([
  '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}',
  '{"jsonrpc":"2.0","id":1,"result":"0x1f8b',
])('a chain that says %s has not written its state down', async (text) => {
  await expect(readFrom(text, 10)).rejects.toThrow('the chain did not write its state down')
})

async function readFrom(text: string, size: number): Promise<Buffer> {
  const server = createServer(async (_, response) => {
    for (let at = 0; at < text.length; at += size) {
      await new Promise<void>((resolve) => response.write(text.slice(at, at + size), () => resolve()))
    }
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const pieces: Buffer[] = []
    for await (const piece of stateDump(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
      pieces.push(piece)
    return Buffer.concat(pieces)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

async function blocksOf(): Promise<unknown[]> {
  const head = Number(await chain.rpc('eth_blockNumber'))
  return Promise.all(
    [0, 1, head].map((number) => chain.rpc('eth_getBlockByNumber', [`0x${number.toString(16)}`, false])),
  )
}
