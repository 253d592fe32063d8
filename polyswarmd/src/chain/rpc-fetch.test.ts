import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient, http } from 'viem'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rpcFetch } from './rpc-fetch.ts'

let server: Server
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void
let connections: number
beforeEach(async () => {
  connections = 0
  server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    answer(request, response, Buffer.concat(parts).toString('utf8'))
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function ask(timeout = 5_000): Promise<unknown> {
  const url = `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/rpc`
  const transport = http(url, { fetchFn, timeout, retryCount: 0 })
  return createClient({ transport }).request({ method: 'eth_chainId' })
}
const fetchFn = rpcFetch()

test('a call goes out as viem means it, and its answer comes back whole', async () => {
  const seen: unknown[] = []
  answer = ({ method, url, headers }, response, body) => {
    seen.push([method, url, headers['content-type'], headers.authorization, JSON.parse(body).method])
    response.setHeader('content-type', 'application/json')
    const text = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: `ö${'x'.repeat(200_000)}` }))
    // A character that comes in two parts.
    const cut = text.indexOf(0xc3) + 1
    response.write(text.subarray(0, cut))
    setImmediate(() => response.end(text.subarray(cut)))
  }
  for (let times = 0; times < 3; times++) expect(await ask()).toHaveLength(200_001)
  const authorization = `Basic ${Buffer.from('user:secret').toString('base64')}`
  expect(seen).toEqual(Array(3).fill(['POST', '/rpc', 'application/json', authorization, 'eth_chainId']))
  expect(connections).toBe(1)
})

test.each<[string, (response: ServerResponse) => void, RegExp]>([
  ['a refusal', (response) => response.writeHead(503, 'Busy').end('come later'), /503|come later/],
  ['no JSON', (response) => response.end('<html>'), /JSON|HTTP request failed/],
  ['a broken connection', (response) => response.destroy(), /HTTP request failed/],
  ['an answer without an end', (response) => void response.write('{'), /took too long/],
  ['no answer', () => undefined, /took too long/],
])('%s is an error that names it', async (_what, respond, words) => {
  answer = (_request, response) => respond(response)
  await expect(ask(300)).rejects.toThrow(words)
})

test('an answer is read no further than viem would', async () => {
  let sent = 0
  answer = (_request, response) => {
    const more = () => {
      for (let room = true; room && !response.destroyed; ) {
        sent += 1024 * 1024
        room = response.write(Buffer.alloc(1024 * 1024, ' '))
      }
    }
    response.on('drain', more)
    more()
  }
  await expect(ask()).rejects.toThrow(/too large|exceed/i)
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})
