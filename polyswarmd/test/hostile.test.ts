import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Route, routes } from '@polyswarm/protocol/routes'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

const OPERATIONS = Object.values<Route>(routes)

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
let guid: string
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
  guid = await new MarketMoves(market).post()
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

/** All of the API, as the document that describes it has it. */
const ROUTES = OPERATIONS.map(({ method, path }) => `${method} ${path}`)

/** Every query parameter there is. */
const PARAMETERS = [...new Set(OPERATIONS.flatMap(({ query }) => query.map(({ name }) => name))), 'x']

/** Texts that have upset programs before. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e308',
    'NaN',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '%00',
    '\u0000',
    '\ud800',
  ),
  fc.constantFrom('99999999999999999999999999', '9'.repeat(100), 'Qm'.padEnd(46, 'z'), `0x${'f'.repeat(40)}`, 'null'),
)
const field = fc.oneof(
  nasty,
  fc.jsonValue({ maxDepth: 3 }),
  fc.bigInt({ min: -(2n ** 260n), max: 2n ** 260n }).map(String),
  fc.array(fc.boolean(), { maxLength: 300 }),
  fc.array(fc.constantFrom('62500000000000000', '1', 'x'), { maxLength: 300 }),
)
const body = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.record(
    Object.fromEntries(
      [
        'amount',
        'uri',
        'duration',
        'metadata',
        'artifact_type',
        'guid',
        'bid',
        'mask',
        'verdicts',
        'commitment',
        'nonce',
        'votes',
        'valid_bloom',
        'transactions',
      ].map((name) => [name, field]),
    ),
    { requiredKeys: [] },
  ),
)

test('no request whatever gives a 5xx or hangs', async () => {
  const request = fc.record({
    route: fc.constantFrom(...ROUTES),
    parts: fc.record({
      ...{ address: nasty, uri: nasty, index: nasty, guid: fc.oneof(fc.constant(guid), nasty) },
      transaction: fc.oneof(fc.constant(`0x${'1'.repeat(64)}`), nasty),
    }),
    query: fc.dictionary(fc.constantFrom(...PARAMETERS), fc.oneof(nasty, fc.constant('1'))),
    account: fc.oneof({ weight: 4, arbitrary: fc.constant(market.ambassador.address) }, nasty),
    body: fc.oneof(
      body.map((value) => JSON.stringify(value)),
      fc.string({ maxLength: 50 }),
    ),
    type: fc.constantFrom(
      'application/json',
      'application/json',
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=b',
      '😀'.slice(0, 0),
    ),
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ route, parts, query, account, body, type }) => {
      const [method = '', pattern = ''] = route.split(' ')
      const path = pattern.replace(/:([a-z]+)/g, (_, name: keyof typeof parts) => encode(parts[name]))
      const search = Object.entries({ ...query, account }).map(([name, value]) => `${name}=${encode(value)}`)
      const { status } = await api.send(method, `${path}?${search.join('&')}`, body, type)
      expect(status, `${method} ${path}?${search.join('&')} ${body}`).toBeLessThan(500)
    }),
    { numRuns: 1_500 },
  )
}, 120_000)

test('broken percent signs, huge headers and nonsense on the line are answered with 4xx', async () => {
  expect((await api.get('/artifacts/%zz')).status).toBeLessThan(500)
  expect((await api.get(`/artifacts/${'a'.repeat(10_000)}`)).status).toBe(414)
  const { hostname, port } = new URL(daemon.url)
  const socket = connect(Number(port), hostname)
  socket.end('nonsense\r\n\r\n')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 400/)
  socket.destroy()
})

test('an upload whose sender goes away in the middle leaves nothing', async () => {
  const { hostname, port } = new URL(daemon.url)
  const artifacts = join(market.directory, 'data', 'artifacts')
  const before = readdirSync(join(artifacts, 'packs'), { recursive: true }).length
  const socket = connect(Number(port), hostname)
  socket.write(
    'POST /artifacts HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
  )
  socket.write(randomBytes(5_000_000))
  await expect.poll(() => readdirSync(join(artifacts, 'staging')).length).toBe(1)
  socket.destroy()
  await expect.poll(() => readdirSync(join(artifacts, 'staging')).length).toBe(0)
  expect(readdirSync(join(artifacts, 'packs'), { recursive: true }).length).toBe(before)
})

test('the same field twice in a query is the first of them', async () => {
  const account = `account=${market.ambassador.address}`
  expect((await api.get(`/nonce?${account}&chain=side&chain=moon`)).status).toBe(200)
})

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
