import { once } from 'node:events'
import { METHODS, request } from 'node:http'
import { connect } from 'node:net'
import { type Route, routes } from '@polyswarm/protocol/routes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { OfferParties } from './offer-party.ts'
import { TestClient, TestMarket } from './test-market.ts'

const ROUTES = Object.values<Route>(routes)

const UUID = '00000000-0000-4000-8000-000000000000'

let market: TestMarket
let daemon: Polyswarmd
let guid: string
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon({ chains: { home: market.deployment }, api2018Port: 0 })
  const of = new OfferParties(new TestClient(daemon.url), market)
  await of.initialize()
  guid = of.guid
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

function ask(method: string, path: string, { body, url = daemon.url }: { body?: string; url?: string } = {}) {
  const headers =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise<{ status: number; allow: string[]; body: string; upgrade: string | undefined }>(
    (resolve, reject) => {
      const sent = request(`${url}${path}`, { method, headers, agent: false }, async (response) => {
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part as Buffer)
        resolve({
          status: response.statusCode ?? 0,
          allow: (response.headers.allow ?? '').split(', ').filter((name) => name !== ''),
          body: Buffer.concat(parts).toString(),
          upgrade: response.headers.upgrade,
        })
      })
      sent.once('error', reject)
      sent.end(body)
    },
  )
}

/** A path of each kind, with what its variables can be. */
const filled = (path: string) => path.replace(/:(\w+)/g, (_, name: string) => VARIABLES[name] ?? name)
const VARIABLES: Record<string, string> = {
  ...{ guid: UUID, index: '0', uri: 'Qm', address: 'x' },
  transaction: `0x${'1'.repeat(64)}`,
}

test('every method of Node is answered with 405 where a path does not have it, whatever its body', async () => {
  const bodies = [undefined, '{"broken', '{}']
  for (const [index, method] of METHODS.filter(
    (name) => !['GET', 'POST', 'HEAD', 'OPTIONS', 'CONNECT'].includes(name),
  ).entries()) {
    const body = bodies[index % bodies.length]
    const answer = await ask(method, '/status?x=1', body === undefined ? {} : { body })
    expect([method, answer.status, answer.allow]).toEqual([method, 405, ['GET', 'HEAD', 'OPTIONS']])
    expect(JSON.parse(answer.body).message).toMatch(/^405 Method Not Allowed/)
    expect([method, (await ask(method, '/nowhere')).status]).toEqual([method, 404])
  }
})

test('a method that nobody has heard of is one that no path has', async () => {
  const { hostname, port } = new URL(daemon.url)
  const sent = async (line: string) => {
    const socket = connect(Number(port), hostname)
    socket.write(`${line}\r\nHost: localhost\r\n\r\n`)
    const [answer] = await once(socket, 'data')
    socket.destroy()
    return String(answer)
  }
  expect(await sent('BREW /transactions/?a=1 HTTP/1.1')).toMatch(
    /^HTTP\/1\.1 405 Method Not Allowed\r\n(.*\r\n)*Allow: (POST, GET, HEAD|GET, HEAD, POST), OPTIONS\r\n/,
  )
  expect(await sent('BREW /coffee HTTP/1.1')).toMatch(/^HTTP\/1\.1 404 /)
  expect(await sent('nonsense')).toMatch(/^HTTP\/1\.1 400 /)
})

test('Allow names what is there and nothing else: each method in it is served, each other one is not', async () => {
  for (const path of new Set(ROUTES.map(({ path }) => filled(path)))) {
    const { status, allow } = await ask('OPTIONS', path)
    expect([path, status]).toEqual([path, 200])
    expect(allow).toContain('OPTIONS')
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']) {
      const answer = await ask(method, path)
      expect([path, method, answer.status !== 405 && !/^{"message":"404 Not Found/.test(answer.body)]).toEqual([
        path,
        method,
        allow.includes(method),
      ])
    }
  }
})

test.each([
  ['/offers/state', ['POST', 'OPTIONS']],
  ['/relay/deposit', ['POST', 'OPTIONS']],
  [`/offers/${UUID}/join`, ['POST', 'OPTIONS']],
  ['/events', ['GET', 'HEAD', 'OPTIONS']],
  ['/transactions', ['GET', 'HEAD', 'POST', 'OPTIONS']],
])('%s has exactly %j', async (path, methods) => {
  expect((await ask('OPTIONS', path)).allow.toSorted()).toEqual(methods.toSorted())
  expect((await ask('PUT', path)).allow.toSorted()).toEqual(methods.toSorted())
})

test.each(['/bounties/x', '/bounties/x/vote', `/bounties/${UUID}/votes/x`, '/offers/x/join', '/wallets'])(
  '%s is no path, under any method',
  async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
      expect([method, (await ask(method, `${path}?account=${market.ambassador.address}`)).status]).toEqual([
        method,
        404,
      ])
    }
  },
)

test('a path for WebSockets that is asked for without an upgrade says what to do', async () => {
  for (const url of [daemon.url, daemon.url2018 ?? '']) {
    for (const path of ['/events?chain=home', `/events/${guid}`, `/messages/${guid}`]) {
      const answer = await ask('GET', path, { url })
      expect([path, answer.status, answer.upgrade]).toEqual([path, 426, 'websocket'])
      expect(JSON.parse(answer.body)).toEqual({
        status: 'FAIL',
        errors: 'This path is a WebSocket: open it with ws:// or wss://, which asks for the upgrade',
      })
      expect((await ask('HEAD', path, { url })).status).toBe(426)
    }
  }
})
