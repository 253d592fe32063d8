import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KEY_FILE, KeyFile } from '../src/access/key-file.ts'
import { BODY_LIMIT } from '../src/api/request-body.ts'
import type { Polyswarmd } from '../src/index.ts'
import { TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
let query: string
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
  query = `account=${market.ambassador.address}`
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

test('each route takes as much as it can need, and says so where it gets more', async () => {
  const padded = (length: number) => `"${'x'.repeat(length - 2)}"`
  for (const [method, path] of [
    ['POST', `/bounties?${query}`],
    ['GET', `/transactions?${query}`],
  ] as const) {
    expect((await api.send(method, path, padded(BODY_LIMIT))).status, path).not.toBe(413)
    const { status, body } = await api.send(method, path, padded(BODY_LIMIT + 1))
    expect([status, body.errors], path).toEqual([413, 'The body of this request may have 65536 bytes at most'])
  }
  // Where there is no route, nothing is read.
  expect((await api.send('POST', '/nowhere', padded(BODY_LIMIT + 1))).status).toBe(404)
  const document = [{ malware_family: 'x'.repeat(900_000) }]
  expect((await api.post('/bounties/metadata', document)).status).toBe(200)
  const raw = 'ab'.repeat(128 * 1024)
  const sent = await api.post(`/transactions?${query}`, { transactions: Array.from({ length: 10 }, () => raw) })
  expect(sent.body.errors[0].message).toBe('Unexpected exception while parsing transaction')
})

test('hostile bodies are refused before anything is made of them', async () => {
  for (const body of [
    `[${'1,'.repeat(20_000)}1]`,
    '9'.repeat(50_000),
    '['.repeat(60_000),
    `{"a":1${'0'.repeat(500)}}`,
  ]) {
    const { status, body: answer } = await api.send('POST', `/bounties?${query}`, body)
    expect(status).toBe(400)
    expect(answer.message).toMatch(/^400 Bad Request: JSON /)
  }
})

test('without a key no route takes more than 64 KiB, and with one as much as before', async () => {
  const data = join(market.directory, 'keyed')
  const keyed = await market.daemon({ data, apiKeys: 'required' })
  const keys = KeyFile.open(join(data, KEY_FILE))
  const { key } = keys.add('test', { maxArtifactSize: 1_000, requestsPerMinute: 1_000, bytesInFlight: 1_000 })
  const send = async (authorization: Record<string, string>) => {
    const body = JSON.stringify({ transactions: ['ab'.repeat(BODY_LIMIT)] })
    const headers = { 'content-type': 'application/json', ...authorization }
    const answer = await fetch(`${keyed.url}/transactions?${query}`, { method: 'POST', headers, body })
    return answer.status
  }
  expect(await send({})).toBe(413)
  expect(await send({ authorization: key })).toBe(400)
  keys.close()
  await keyed.stop()
})

test('a body without a length that does not end is cut off at the limit', async () => {
  const { hostname, port } = new URL(daemon.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(
    `POST /bounties?${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
  )
  const answered = once(socket, 'data')
  for (let chunk = 0; chunk < 9; chunk++) socket.write(`2000\r\n${'1'.repeat(0x2000)}\r\n`)
  const [answer] = (await answered) as [Buffer]
  expect(String(answer)).toMatch(/^HTTP\/1.1 413/)
  expect(String(answer)).toMatch(/connection: close/i)
  socket.destroy()
})
