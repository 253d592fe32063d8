import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener, type Message } from './event-listener.ts'
import { eventSchemas } from './event-schemas.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let daemon: Polyswarmd
let moves: MarketMoves
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  daemon = await market.daemon()
  moves = new MarketMoves(market)
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

test('every event has exactly the keys that clients unpack, in text frames, a block after its events', async () => {
  const listener = await EventListener.connect(daemon.url)
  const metadata = [{ mimetype: 'text/plain', filesize: 12 }]
  const verdict = [{ malware_family: 'Eicar', scanner: { version: '1.0.0' } }]
  const api = new TestClient(daemon.url)
  const documents = await Promise.all([metadata, verdict].map((body) => api.post('/bounties/metadata', body)))
  const [bountyDocument, revealDocument] = documents.map(({ body }) => body.result as string)

  const guid = await moves.wholeBounty(bountyDocument, revealDocument)
  await moves.govern('setBountyFee', [123_456_789_012_345_678n])
  await moves.govern('setWindows', [5n, 5n])
  await moves.govern('deprecate', [true])
  await moves.govern('undeprecate', [])
  await listener.untilBlock(await moves.head())

  const { messages } = listener
  expect(listener.binary).not.toContain(true)
  expect(messages[0]?.event).toBe('connected')
  expect(new Set(messages.map(({ event }) => event))).toEqual(new Set(Object.keys(eventSchemas)))
  for (const message of messages) expect(() => eventSchemas[message.event]?.parse(message), message.event).not.toThrow()

  const named = (event: string) => messages.filter((message) => message.event === event)
  expect(named('bounty')).toMatchObject([{ data: { guid, amount: '2000000000000000000', metadata } }])
  expect(named('reveal')).toMatchObject([
    { data: { index: 0, nonce: '42', verdicts: [true], metadata: verdict } },
    { data: { index: 1, verdicts: [false] } },
  ])
  expect(named('settled_bounty')).toHaveLength(5)
  expect(named('settled_bounty').map(({ data }) => data.payout)).toContain(4_000_000_000_000_000_000n)
  expect(named('fee_update')).toMatchObject([{ data: { bounty_fee: 123_456_789_012_345_678n } }])
  expectBlocksAfterEvents(messages)
  listener.close()
})

test('without since there is neither a cursor nor history; with since=0 there is everything, each with a cursor', async () => {
  const [plain, whole] = await Promise.all([
    EventListener.connect(daemon.url),
    EventListener.connect(daemon.url, '?since=0'),
  ])
  await market.anvil.mine()
  const head = await moves.head()
  await Promise.all([plain.untilBlock(head), whole.untilBlock(head)])
  expect(plain.messages.map(({ event }) => event)).toEqual(['connected', 'block'])
  expect(plain.messages.every((message) => !('cursor' in message))).toBe(true)
  expect(whole.messages.every(({ cursor }) => typeof cursor === 'string')).toBe(true)
  const blocks = whole.messages.filter(({ event }) => event === 'block').map(({ data }) => data.number)
  expect(blocks).toEqual(Array.from({ length: head + 1 }, (_, number) => number))
  expectBlocksAfterEvents(whole.messages)
  plain.close()
  whole.close()
})

test.each(['?since=x', '?since=-1', '?since=0123456789abcdef-', '?chain=moon', '?chain=home'])(
  '/events%s is refused before the upgrade',
  async (query) => {
    await expect(EventListener.connect(daemon.url, query)).rejects.toThrow('Unexpected server response: 400')
  },
)

test('a cursor of another ledger begins at the beginning', async () => {
  const listener = await EventListener.connect(daemon.url, '?since=0123456789abcdef-7')
  await listener.untilBlock(await moves.head())
  expect(listener.messages.find(({ event }) => event === 'block')?.data.number).toBe(0)
  listener.close()
})

test('/events without an upgrade is 426, and says so', async () => {
  expect((await new TestClient(daemon.url).get('/events?chain=side')).status).toBe(426)
})

/** Events of a block come before its `block`, and nothing of it after. */
function expectBlocksAfterEvents(messages: readonly Message[]): void {
  let last = -1
  for (const { event, data, block_number: block } of messages) {
    if (event === 'block') {
      expect(data.number).toBeGreaterThan(last)
      last = data.number
    } else if (block !== undefined) {
      expect(block).toBeGreaterThan(last)
    }
  }
}
