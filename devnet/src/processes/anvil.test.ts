import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { anvilCommand } from './anvil.ts'

let chain: TestChain
beforeAll(async () => {
  chain = await startAnvil()
})
afterAll(() => chain.stop())

const origin = 'https://page.example'
const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'anvil_setBalance',
  params: [`0x${'11'.repeat(20)}`, '0x7'],
})
const balance = () => chain.rpc('eth_getBalance', [`0x${'11'.repeat(20)}`, 'latest'])

test('no page is told that it may read what the chain answers, or send it JSON', async () => {
  const beforehand = await fetch(chain.rpcUrl, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  })
  const read = await fetch(chain.rpcUrl, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: '{}',
  })
  for (const { headers } of [beforehand, read]) {
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
  'what a page may send unasked, as %s, changes nothing',
  async (type) => {
    await fetch(chain.rpcUrl, { method: 'POST', headers: { origin, 'content-type': type }, body })
    expect(await balance()).toBe('0x0')
  },
)

test('it keeps the states of few blocks', async () => {
  const old = await startAnvil()
  try {
    await old.mine(100)
    const balanceAt = (block: number) => old.rpc('eth_getBalance', [`0x${'11'.repeat(20)}`, `0x${block.toString(16)}`])
    expect(await balanceAt(80)).toBe('0x0')
    await expect(balanceAt(50)).rejects.toThrow()
  } finally {
    await old.stop()
  }
})

test.each([0, 1_048_400, 3_000_000])('the time of the first block is found behind %i bytes of a state', (before) => {
  const directory = mkdtempSync(join(tmpdir(), 'state-'))
  try {
    const header = (number: string, parent: string, timestamp: string) =>
      `{"header":{"parentHash":"0x${parent.repeat(64)}","logsBloom":"0x${'0'.repeat(512)}","number":"${number}",` +
      `"gasUsed":"0x0","timestamp":"${timestamp}"},"transactions":[]}`
    const later = header('0x1', 'a', '0x99')
    const others = Array(Math.ceil(before / later.length)).fill(later)
    const blocks = [...others, header('0x0', '0', '0x65000000'), later]
    const state = join(directory, 'state.json')
    writeFileSync(state, `{"best_block_number":"0x0","blocks":[${blocks.join(',')}]}`)
    expect(anvilCommand({ port: 0, chainId: 1, state }).args.slice(-1)).toEqual([String(0x65000000)])
  } finally {
    rmSync(directory, { recursive: true })
  }
})
