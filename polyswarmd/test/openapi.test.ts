import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringifyJson } from '@polyswarm/protocol'
import { type Route, routes } from '@polyswarm/protocol/routes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

const ROUTES = Object.values<Route>(routes)

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
let guid: string
let uri: string
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
  guid = await new MarketMoves(market).wholeBounty()
  uri = (await api.upload(['an artifact'])).body.result
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

/** A path with something in the place of each variable. */
function filled(path: string): string {
  const values: Record<string, string> = {
    guid,
    uri,
    index: '0',
    address: market.ambassador.address,
    transaction: `0x${'12'.repeat(32)}`,
  }
  return path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? name)
}

test('the document is OpenAPI 3.1, with an operation of its own name for each route', async () => {
  const { status, body } = await api.get('/openapi.json')
  expect(status).toBe(200)
  expect(body.openapi).toBe('3.1.0')
  const described = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    (path) => Object.values(path),
  )
  expect(described).toHaveLength(ROUTES.length)
  expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(ROUTES.length)
  const { requestBody } = body.paths['/bounties'].post
  expect(requestBody.content['application/json'].schema.properties.amount).toMatchObject({ pattern: '^\\d+$' })
})

test('the server has each route that is defined, and its sources serve no other', async () => {
  const sources = join(import.meta.dirname, '../src')
  const found = globSync('{api,telemetry,openapi,offers,stream}/*.ts', { cwd: sources }).flatMap((file) => [
    ...readFileSync(join(sources, file), 'utf8').matchAll(/\b(?:app|scope)\.(?:get|post)\((?!\s*routes\.)/g),
  ])
  expect(found).toEqual([])
  for (const { method, path } of ROUTES) {
    const url = filled(path)
    const { body } = await api.send(
      method,
      `${url}?account=${market.ambassador.address}`,
      method === 'POST' ? '{}' : undefined,
    )
    expect(stringifyJson(body), `${method} ${url}`).not.toMatch(/^\{"message":"40[45] /)
  }
})

test('what a route answers is what the document says', async () => {
  let checked = 0
  for (const { method, path, result, body } of ROUTES) {
    if (method !== 'GET' || body !== undefined || !(result instanceof z.ZodType) || /offers|relay/.test(path)) continue
    const answer = await api.get(`${filled(path)}?account=${market.ambassador.address}&guids=${guid}`)
    expect(answer.status, path).toBe(200)
    const parsed = result.safeParse(answer.body.result)
    expect(parsed.error?.issues ?? [], `${path} ${stringifyJson(answer.body.result)}`).toEqual([])
    checked++
  }
  expect(checked).toBeGreaterThan(25)
})

test('the page has every route, loads nothing from elsewhere and runs no script', async () => {
  const response = await fetch(`${daemon.url}/docs`)
  const page = await response.text()
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'")
  for (const { path } of ROUTES) expect(page).toContain(`<code>${path}</code>`)
  expect(page).not.toMatch(/<script|src=|https?:\/\//)
})
