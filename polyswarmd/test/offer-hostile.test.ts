import { stringifyJson } from '@polyswarm/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { OfferParties } from './offer-party.ts'
import { TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let daemon: Polyswarmd
let guid: string
let state: string
let ports: TestClient[]
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon({ chains: { home: market.deployment }, api2018Port: 0 })
  ports = [daemon.url, daemon.url2018 ?? ''].map((url) => new TestClient(url))
  const of = new OfferParties(ports[0] as TestClient, market)
  await of.initialize()
  guid = of.guid
  state = await of.state()
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

const ACTIONS = ['uri', 'open', 'join', 'cancel', 'close', 'closeChallenged', 'settle', 'challenge']
const READS = ['pending', 'opened', 'closed', 'myoffers', ':guid', ':guid/websocket', ':guid/settlementPeriod']
const ROUTES = [
  ...READS.map((path) => `GET /offers/${path}`),
  ...ACTIONS.map((path) => `POST /offers/:guid/${path}`),
  'POST /offers',
  'POST /offers/state',
  'POST /relay/deposit',
  'POST /relay/withdrawal',
  'GET /relay/fees',
  'GET /messages/:guid',
  'GET /events/:guid',
  'POST /transactions',
  'POST /bounties',
  'POST /bounties/:guid/assertions',
  'GET /bounties/:guid',
]

const address = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const value = fc.oneof(
  fc.constantFrom<unknown>('', '0x', `0x${'f'.repeat(64)}`, 'f'.repeat(1_088), '9'.repeat(100), address, '__proto__'),
  fc.constantFrom<unknown>(0, 1, 27, 256, -1, 1.5, 1e308, 2n ** 256n, 2n ** 300n, null, true, 'ü'.repeat(31)),
  fc.jsonValue({ maxDepth: 2 }),
  fc.array(fc.constantFrom<unknown>(27, 28, `0x${'1'.repeat(64)}`, `0x${'f'.repeat(64)}`, true, false), {
    maxLength: 300,
  }),
  fc.string({ unit: 'binary', maxLength: 80 }),
)
const FIELDS = {
  offer: ['ambassador', 'expert', 'settlementPeriodLength', 'guid', 'websocketUri', 'amount'],
  signed: ['state', 'r', 'v', 's'],
  state: [
    ...['close_flag', 'nonce', 'ambassador', 'expert', 'msig_address', 'ambassador_balance', 'expert_balance', 'guid'],
    ...['offer_amount', 'artifact_hash', 'ipfs_hash', 'engagement_deadline', 'mask', 'verdicts', 'meta_data'],
  ],
  bounty: ['bid', 'mask', 'verdicts', 'uri', 'duration', 'amount', 'transactions'],
}
const body = fc.oneof(
  ...Object.values(FIELDS).map((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }),
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

test('no request about offers gives a 5xx or hangs, on either port', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ROUTES),
      fc.constantFrom('real', 'other', 'x'),
      fc.boolean(),
      body,
      fc.boolean(),
      async (route, which, withState, sent, first) => {
        const [method = '', path = ''] = route.split(' ')
        const named = which === 'real' ? guid : which === 'other' ? '00000000-0000-4000-8000-000000000000' : 'x'
        const whole = withState && typeof sent === 'object' && sent !== null && !Array.isArray(sent)
        const text = stringifyJson(whole ? { ...sent, state } : sent)
        const api = ports[first ? 0 : 1] as TestClient
        const url = `${path.replace(':guid', named)}?account=${market.ambassador.address}`
        const { status } = await api.send(method, url, text)
        expect(status, `${route} ${text}`).toBeLessThan(500)
        expect(status, `${route} ${text}`).toBeGreaterThanOrEqual(200)
      },
    ),
    { numRuns: 600 },
  )
  expect((await ports[0]?.get('/health'))?.status).toBe(200)
}, 180_000)
