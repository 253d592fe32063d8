import { once } from 'node:events'
import { request } from 'node:http'
import { stringifyJson } from '@polyswarm/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Polyswarmd } from '../src/index.ts'
import { OfferParties } from './offer-party.ts'
import { TestClient, TestMarket } from './test-market.ts'

const BOARD = 'https://board.example'

let market: TestMarket
let daemon: Polyswarmd
let account: string
let guid: string
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon({
    chains: { home: market.deployment },
    api2018Port: 0,
    allowedHosts: ['Gateway.example'],
    allowedOrigins: [BOARD],
  })
  account = `account=${market.ambassador.address}&chain=home`
  const of = new OfferParties(new TestClient(daemon.url), market)
  await of.initialize()
  guid = of.guid
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

interface Asked {
  method?: string
  path?: string
  headers: Record<string, string>
  body?: string
}

/** A request with the headers that a browser would not let a page choose. */
function ask(url: string, { method = 'GET', path = '/status', headers, body }: Asked) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers, agent: false }, async (response) => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part as Buffer)
      const text = Buffer.concat(parts).toString()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

const urls = () => [daemon.url, daemon.url2018 ?? '']

test.each([
  ['rebound.example:31337', 421],
  ['polyswarmd', 421],
  ['localhost.rebound.example', 421],
  ['gateway.example', 200],
  ['localhost', 200],
  ['[::1]:31337', 200],
])('a request for %s is answered with %d, on every port', async (host, status) => {
  for (const url of urls()) {
    const answer = await ask(url, { headers: { host } })
    expect(answer.status).toBe(status)
    if (status === 421) {
      expect(JSON.parse(answer.text)).toEqual({
        status: 'FAIL',
        errors: `This daemon does not go by the name "${host}": ask by its address or localhost, or name it in --allowed-hosts.`,
      })
    }
  }
})

test('a page of another origin can read, write, upload, ask what it may do and look at metrics nowhere', async () => {
  const form = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nbytes\r\n--b--\r\n'
  const moves: Omit<Asked, 'headers'>[] = [
    {},
    { path: '/metrics' },
    { path: '/nowhere' },
    { path: `/bounties?${account}` },
    { method: 'OPTIONS', path: '/transactions' },
    { method: 'POST', path: '/artifacts', body: form },
    { method: 'POST', path: `/transactions?${account}`, body: '{"transactions":[]}' },
    { method: 'POST', path: '/bounties/metadata', body: '[{"malware_family":"x"}]' },
    { method: 'DELETE', path: '/status' },
  ]
  const pages: Record<string, string>[] = [
    { origin: 'https://page.example' },
    { origin: 'http://localhost:3000' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  ]
  for (const url of urls()) {
    for (const move of moves) {
      for (const page of pages) {
        const type = move.path === '/artifacts' ? 'multipart/form-data; boundary=b' : 'text/plain'
        const answer = await ask(url, { ...move, headers: { ...page, 'content-type': type } })
        expect([answer.status, move, page]).toEqual([403, move, page])
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
      }
    }
  }
})

test('no WebSocket is opened for a page of another origin, nor under another name', async () => {
  const paths = ['/events?chain=home', `/events/${guid}`, `/messages/${guid}`]
  const refused = { origin: 403, host: 421 }
  for (const url of urls()) {
    for (const path of paths) {
      for (const [header, status] of Object.entries(refused)) {
        const headers = { [header]: header === 'host' ? 'rebound.example' : 'http://page.example' }
        const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers })
        socket.on('error', () => undefined)
        const [, response] = await once(socket, 'unexpected-response')
        expect([path, response.statusCode]).toEqual([path, status])
        socket.terminate()
      }
      const own = new WebSocket(`${url.replace('http', 'ws')}${path}`, { origin: url })
      await once(own, 'open')
      own.terminate()
    }
  }
})

test('a page of an origin that was named may write and read, its own origin as well, and a link may be followed', async () => {
  for (const url of urls()) {
    const headers = { origin: BOARD, 'content-type': 'application/json' }
    const path = `/transactions?${account}`
    const beforehand = await ask(url, {
      method: 'OPTIONS',
      path,
      headers: { origin: BOARD, 'access-control-request-method': 'POST' },
    })
    expect(beforehand).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': BOARD,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'authorization, content-type',
        vary: 'origin',
      },
    })
    const body = stringifyJson({ transactions: [] })
    const written = await ask(url, { method: 'POST', path, headers, body })
    expect(written).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': BOARD } })
    expect((await ask(url, { headers: { origin: url } })).status).toBe(200)
    expect((await ask(url, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } })).status).toBe(
      200,
    )
    const plain = await ask(url, { headers: {} })
    expect(plain.headers).toMatchObject({ vary: 'origin' })
    expect(plain.headers).not.toHaveProperty('access-control-allow-origin')
  }
})
