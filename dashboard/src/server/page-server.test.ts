import { once } from 'node:events'
import { request as ask, createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { PageServer, type PageServerOptions } from './page-server.ts'

const SETTINGS = { daemon: true, service: false, arbiter: false, dev: false, names: {} }

let page: PageServer | undefined
let behind: Server | undefined
afterEach(async () => {
  await page?.close()
  behind?.closeAllConnections()
  behind?.close()
})

/** A page, and a server behind `/api/daemon` that answers as it is told. */
async function open(answer: Parameters<typeof createServer>[1], options: Partial<PageServerOptions> = {}) {
  behind = createServer(answer)
  behind.listen(0, '127.0.0.1')
  await once(behind, 'listening')
  const url = new URL(`http://127.0.0.1:${(behind.address() as AddressInfo).port}/base`)
  page = await PageServer.open({ port: 0, settings: SETTINGS, api: { daemon: url }, ...options })
  return page.url
}

/** A request with headers that fetch does not let anybody set. */
async function raw(url: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  const sent = ask(url, { headers })
  sent.end()
  const [said] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const part of said) text += part
  return { status: said.statusCode ?? 0, text }
}

test('the page comes with a policy that lets nothing in, whatever view it is opened at', async () => {
  const url = await open(() => undefined)
  for (const path of ['/', '/bounty/7c9e6679-7425-40de-944b-e07fc1f90ae7', '/engines']) {
    const answer = await fetch(`${url}${path}`)
    expect(answer.status).toBe(200)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|data:|\*/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const html = await answer.text()
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|(src|href)="(https?:)?\/\//)
  }
  expect((await fetch(`${url}/assets/none.js`)).status).toBe(404)
  expect((await fetch(`${url}/`, { method: 'POST' })).status).toBe(405)
  expect(await (await fetch(`${url}/page.json`)).json()).toEqual(SETTINGS)
})

test('a server with a key of its own is asked with that key, whatever the page says', async () => {
  const heard: (string | undefined)[] = []
  behind = createServer((request, response) => {
    heard.push(request.headers.authorization)
    response.end('{}')
  })
  behind.listen(0, '127.0.0.1')
  await once(behind, 'listening')
  const server = new URL(`http://127.0.0.1:${(behind.address() as AddressInfo).port}`)
  page = await PageServer.open({
    port: 0,
    settings: SETTINGS,
    api: { arbiter: { url: server, authorization: 'Bearer psa_1' }, daemon: server },
  })
  for (const path of ['arbiter', 'daemon']) {
    await fetch(`${page.url}/api/${path}/v1/cases`, { headers: { authorization: 'Bearer mine' } })
  }
  expect(heard).toEqual(['Bearer psa_1', 'Bearer mine'])
  // Pages of others do not get to use it.
  const foreign = await raw(`${page.url}/api/arbiter/v1/cases`, { origin: 'https://page.example' })
  expect([foreign.status, heard.length]).toEqual([403, 2])
})

test('what is below the API goes on with method, query, body and key, and with nothing that tells of the page', async () => {
  const heard: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = []
  const url = await open(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    heard.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
    response.writeHead(402, { 'content-type': 'application/json', 'retry-after': '3' }).end('{"status":"error"}')
  })
  const answer = await fetch(`${url}/api/daemon/instance?id=1`, {
    method: 'PUT',
    headers: { authorization: 'a key', origin: url, cookie: 'a=b', 'content-type': 'application/json' },
    body: '{"a":1}',
  })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([402, '3'])
  expect(heard).toHaveLength(1)
  expect(heard[0]).toMatchObject({ method: 'PUT', url: '/base/instance?id=1', body: '{"a":1}' })
  expect(heard[0]?.headers).toMatchObject({ authorization: 'a key' })
  for (const name of ['origin', 'cookie', 'referer']) expect(heard[0]?.headers[name]).toBeUndefined()
})

test('an artifact that is a page is bytes, in no origin, and sets nothing', async () => {
  const url = await open((_request, response) => {
    const headers = {
      'content-type': 'text/html',
      'content-security-policy': 'script-src *',
      'set-cookie': 'a=b',
      'clear-site-data': '"*"',
      refresh: '0;url=/',
    }
    response.writeHead(200, headers).end('<script>alert(1)</script>')
  })
  const answer = await fetch(`${url}/api/daemon/artifacts/Qm/0`)
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'; sandbox")
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  for (const name of ['set-cookie', 'clear-site-data', 'refresh']) expect(answer.headers.get(name)).toBeNull()
})

test.each([
  ['the name of another host', { host: 'rebound.example:80' }],
  ['a page of another origin', { origin: 'https://page.example' }],
  ['a form of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
])('%s gets nothing, and nothing is passed on', async (_, headers) => {
  let passed = 0
  const url = await open((_request, response) => {
    passed++
    response.end()
  })
  for (const path of ['/', '/page.json', '/api/daemon/status']) {
    expect((await raw(`${url}${path}`, headers)).status).toBe(403)
  }
  expect(passed).toBe(0)
})

test('a name that it is told to answer to is its own', async () => {
  const url = await open(() => undefined, { hosts: ['market.example'] })
  expect((await raw(`${url}/`, { host: 'market.example' })).status).toBe(200)
  expect((await raw(`${url}/`, { host: 'other.example' })).status).toBe(403)
})

test('paths that lead elsewhere lead nowhere', async () => {
  const seen: string[] = []
  const url = await open((request, response) => {
    seen.push(request.url ?? '')
    response.writeHead(200).end()
  })
  for (const path of ['/api/none/x', '/api/daemon', '/api/daemonx/y', '/api/', '/api//x']) {
    expect((await raw(`${url}${path}`, {})).status).toBe(404)
  }
  expect(seen).toEqual([])
  expect(await (await fetch(`${url}/..%2f..%2fpackage.json`)).text()).toContain('<div id="page">')
})

test('a server that is not there is told of as such, and the next request is answered again', async () => {
  const url = await open((_request, response) => response.end('{}'))
  expect((await fetch(`${url}/api/daemon/status`)).status).toBe(200)
  behind?.closeAllConnections()
  behind?.close()
  const answer = await fetch(`${url}/api/daemon/status`)
  expect(answer.status).toBe(502)
  expect(await answer.json()).toMatchObject({ status: 'error', result: expect.stringContaining('does not answer') })
})

test('a WebSocket is joined with that of the server, and its key becomes a header', async () => {
  const url = await open(() => undefined)
  const sockets = new WebSocketServer({ server: behind as Server })
  const heard: { url: string | undefined; key: string | undefined }[] = []
  sockets.on('connection', (socket, request) => {
    heard.push({ url: request.url, key: request.headers.authorization })
    socket.send('hello')
    socket.on('message', (text) => socket.send(`${text}!`))
  })
  const key = Buffer.from('a-key').toString('hex')
  for (const protocols of [[], ['polyswarm.events', `polyswarm.key.${key}`]]) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/daemon/events?since=0`, protocols)
    const said: string[] = []
    socket.on('message', (text) => said.push(String(text)))
    await once(socket, 'open')
    socket.send('there')
    await expect.poll(() => said).toEqual(['hello', 'there!'])
    socket.close()
    await once(socket, 'close')
  }
  expect(heard).toEqual([
    { url: '/base/events?since=0', key: undefined },
    { url: '/base/events?since=0', key: 'a-key' },
  ])
  const foreign = new WebSocket(`${url.replace('http', 'ws')}/api/daemon/events`, { origin: 'https://page.example' })
  const [error] = await once(foreign, 'error')
  expect(String(error)).toContain('403')
  expect(heard).toHaveLength(2)
  sockets.close()
})
