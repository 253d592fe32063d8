import { stringifyJson } from '@polyswarm/protocol'
import { type Route, routes } from '@polyswarm/protocol/routes'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { OfferParties } from './offer-party.ts'
import { changed, FORMATS, type Schema, valuesOf } from './schema-values.ts'
import { TestClient, TestMarket } from './test-market.ts'

const ROUTES = Object.values<Route>(routes)

/** Requests of each operation. */
const RUNS = Number(process.env.OPENAPI_RUNS ?? 40)

interface Described {
  parameters: { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>
}

const ajv = new Ajv2020({ strict: false, formats: { ...FORMATS, uuid: true, binary: true } })

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
let paths: Record<string, Record<string, Described>>
let real: Record<string, string>
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  daemon = await market.daemon({ chains: { home: market.deployment, side: market.deployment } })
  api = new TestClient(daemon.url)
  const { body } = await api.get('/openapi.json')
  paths = body.paths
  ajv.addSchema({ $id: 'document', components: body.components })
  const of = new OfferParties(api, market)
  await of.initialize()
  real = {
    guid: await new MarketMoves(market).wholeBounty(),
    offer: of.guid,
    uri: (await api.upload(['an artifact'])).body.result,
    address: market.ambassador.address,
    index: '0',
  }
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

const validators = new Map<Schema, ValidateFunction>()
function allows(schema: Schema, value: unknown): boolean {
  const known =
    validators.get(schema) ?? ajv.compile(JSON.parse(stringifyJson(schema).replaceAll('"#/', '"document#/')))
  validators.set(schema, known)
  if (!known(JSON.parse(stringifyJson(value)))) return false
  // A string that must hold a document: JSON Schema leaves that to whoever reads it.
  const text = schema.anyOf?.find(({ contentSchema }) => contentSchema)?.contentSchema
  if (!text || typeof value !== 'string') return true
  try {
    return allows(text, JSON.parse(value))
  } catch {
    return false
  }
}

/** Whether an answer says that a request has not the form that it should have, whatever it is about. */
function refusedForForm(status: number, body: unknown): boolean {
  const { errors, message } = (body ?? {}) as { errors?: unknown; message?: unknown }
  const text =
    typeof errors === 'string' ? errors : Array.isArray(errors) ? String(errors[0]?.message) : String(message)
  if (status === 404) return text.startsWith('404 Not Found')
  return (
    status === 400 &&
    /^(Invalid JSON|400 Bad Request|Account must|Chain must|Base nonce|Wait must|Page and count|Count must|Limit must|Order must|Phase must|Fees must|Guid must|since must|Invalid address|Invalid metadata|Invalid bounty metadata|Invalid artifact URI|Invalid transaction: odd)/.test(
      text,
    )
  )
}

const isForm = (value: unknown) => typeof value === 'object' && value !== null

function requestsOf(described: Described, path: string) {
  const parameters = described.parameters.map((parameter) => {
    const { name, required, schema } = parameter
    const known =
      name === 'guid' && path.startsWith('/offers') ? real.offer : real[name === 'account' ? 'address' : name]
    const valid =
      known === undefined || (parameter.in === 'query' && name === 'guid')
        ? valuesOf(schema)
        : fc.oneof(fc.constant(known), valuesOf(schema))
    const wild = parameter.in === 'path' ? fc.stringMatching(/^[A-Za-z0-9-]{1,60}$/) : fc.string({ maxLength: 60 })
    const text = fc.oneof({ weight: 20, arbitrary: valid }, { weight: 1, arbitrary: wild })
    return fc.tuple(
      fc.constant(parameter),
      required || parameter.in === 'path'
        ? fc.oneof(
            { weight: 40, arbitrary: text },
            { weight: 1, arbitrary: fc.constant(parameter.in === 'path' ? '0' : undefined) },
          )
        : fc.option(text, { nil: undefined }),
    )
  })
  const schema = described.requestBody?.content['application/json']?.schema
  const body = schema ? fc.oneof(valuesOf(schema), valuesOf(schema).chain(changed)) : fc.constant(undefined)
  return fc.record({ values: fc.tuple(...parameters), body, schema: fc.constant(schema) })
}

const json = ROUTES.filter(({ body, result }) => body !== 'files' && result !== 'bytes' && result !== 'events')

test.each(json.map(({ method, path }) => [method, path]))(
  '%s %s takes what the document allows, refuses what it does not, and answers what it says',
  async (method, pattern) => {
    const path = pattern.replace(/:(\w+)/g, '{$1}')
    const described = paths[path]?.[method.toLowerCase()] as Described
    const counts = { taken: 0, refused: 0 }
    // Of what could be a document, few are one.
    const runs = path === '/bounties/metadata' ? 10 * RUNS : RUNS
    await fc.assert(
      fc.asyncProperty(requestsOf(described, path), async ({ values, body, schema }) => {
        const given = values as [Described['parameters'][number], unknown][]
        const query = new URLSearchParams()
        let url = path
        for (const [{ name, in: where }, value] of given) {
          if (where === 'path') url = url.replace(`{${name}}`, encodeURIComponent(String(value)))
          else if (value !== undefined) query.set(name, String(value).toWellFormed())
        }
        // Nothing is to be waited for.
        if (path === '/transactions' && method === 'GET' && /^\d{1,15}$/.test(query.get('wait') ?? '0'))
          query.set('wait', '0')
        const allowed =
          given.every(([{ required, schema: form }, value]) =>
            value === undefined ? !required : allows(form, String(value).toWellFormed()),
          ) &&
          (schema === undefined || allows(schema, body))
        const { status, body: answer } = await api.send(
          method,
          `${url}?${query}`,
          schema ? stringifyJson(body) : undefined,
        )
        const told = `${allowed} ${method} ${url}?${query} ${stringifyJson(body)} → ${status} ${stringifyJson(answer).slice(-300)}`
        expect(status, told).toBeLessThan(500)
        if (allowed) expect(refusedForForm(status, answer), told).toBe(false)
        else expect(status, told).toBeGreaterThanOrEqual(400)
        counts[allowed ? 'taken' : 'refused']++
        const response = described.responses[status] ?? described.responses.default
        const shape = response?.content?.['application/json']?.schema
        if (shape && isForm(answer)) expect(allows(shape, answer), told).toBe(true)
      }),
      { numRuns: runs },
    )
    expect(counts.taken).toBeGreaterThan(0)
    if (described.parameters.length > 0 || described.requestBody) expect(counts.refused + counts.taken).toBe(runs)
  },
  60_000,
)

test('a document of metadata is described alike, whether it is sent or its text is', () => {
  const { schema } = paths['/bounties/metadata']?.post?.requestBody?.content['application/json'] ?? {}
  const [document, text] = (schema?.anyOf ?? []) as Schema[]
  expect(document?.anyOf).toHaveLength(2)
  expect(text?.contentSchema).toEqual(document)
})
