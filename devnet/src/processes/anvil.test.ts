import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'

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
