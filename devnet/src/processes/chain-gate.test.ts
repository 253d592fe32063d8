import { once } from 'node:events'
import { request } from 'node:http'
import { createPublicClient, http, webSocket } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { ChainGate } from './chain-gate.ts'
import { freePort } from './free-port.ts'
import { hiddenAddress } from './hidden-address.ts'

const victim = `0x${'11'.repeat(20)}`
const call = (method: string, params: unknown[]) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
const THEFT = call('anvil_setBalance', [victim, '0x7'])

let chain: TestChain
let gate: ChainGate
beforeAll(async () => {
  chain = await startAnvil()
  gate = await ChainGate.open(0, new URL(chain.rpcUrl))
})
afterAll(async () => {
  await gate.close()
  await chain.stop()
})

const balance = () => chain.rpc('eth_getBalance', [victim, 'latest'])

/** Sends a request with headers that only browsers set. */
async function post(headers: Record<string, string>, body: string): Promise<number | undefined> {
  const outgoing = request(gate.url, { method: 'POST', headers })
  outgoing.end(body)
  const [response] = await once(outgoing, 'response')
  response.resume()
  return response.statusCode
}

/** What somebody is told who asks for a WebSocket: 101, or the status of the refusal. */
function upgrade(headers: Record<string, string>): Promise<number | undefined> {
  const key = { 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }
  const outgoing = request(gate.url, { headers: { connection: 'Upgrade', upgrade: 'websocket', ...key, ...headers } })
  return new Promise((resolve, reject) => {
    outgoing.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode)
    })
    outgoing.on('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

describe('a page that a user visits', () => {
  const FOREIGN: Record<string, string>[] = [
    { origin: 'https://page.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { host: 'page.example' },
    { host: '127.0.0.1.page.example' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  ]

  test.each(FOREIGN)('changes nothing over HTTP: %j', async (headers) => {
    expect(await post({ 'content-type': 'application/json', ...headers }, THEFT)).toBe(403)
    expect(await post({ 'content-type': 'text/plain', ...headers }, THEFT)).toBe(403)
    expect(await balance()).toBe('0x0')
  })

  test.each(FOREIGN)('opens no WebSocket: %j', async (headers) => {
    expect(await upgrade(headers)).toBe(403)
    expect(await upgrade({})).toBe(101)
  })
})

describe('a program of this machine', () => {
  test('speaks to the chain over HTTP, in any size, and is told what it answers', async () => {
    const client = createPublicClient({ transport: http(gate.url) })
    expect(await client.getChainId()).toBe(chain.chainId)
    const [code] = await Promise.all([
      client.call({ data: `0x${'00'.repeat(1_000_000)}` }).catch((error: Error) => error.name),
      ...Array.from({ length: 50 }, () => client.getBlockNumber({ cacheTime: 0 })),
    ])
    expect(code).toBeDefined()
  })

  test('speaks to it over a WebSocket, and hears of blocks', async () => {
    const client = createPublicClient({ transport: webSocket(gate.url.replace('http', 'ws'), { reconnect: false }) })
    expect(await client.getChainId()).toBe(chain.chainId)
    const { promise, resolve } = Promise.withResolvers<bigint>()
    const unwatch = client.watchBlockNumber({ onBlockNumber: resolve })
    const before = await client.getBlockNumber()
    await chain.mine()
    expect(await promise).toBeGreaterThanOrEqual(before)
    unwatch()
  })

  test('is told when the chain is down, over HTTP and over WebSockets, and the gate stays up', async () => {
    const down = await ChainGate.open(0, new URL(`http://127.0.0.1:${await freePort(0, '')}`))
    for (const _time of [1, 2]) {
      const response = await fetch(down.url, { method: 'POST', body: THEFT })
      expect(response.status).toBe(502)
      const socket = new WebSocket(down.url.replace('http', 'ws'))
      await once(socket, 'error')
    }
    await down.close()
  })
})

test('the gate ends what it has passed on when it is closed', async () => {
  const another = await ChainGate.open(0, new URL(chain.rpcUrl))
  const socket = new WebSocket(another.url.replace('http', 'ws'))
  await once(socket, 'open')
  const gone = once(socket, 'close')
  await another.close()
  await gone
})

test('the chain listens where nobody can guess', async () => {
  const places = await Promise.all(Array.from({ length: 4 }, hiddenAddress))
  expect(new Set(places.map(({ host, port }) => `${host}:${port}`)).size).toBe(4)
  for (const { host, port } of places) {
    expect(host).toMatch(/^127(\.\d{1,3}){3}$/)
    expect(port).toBeGreaterThan(0)
  }
})
