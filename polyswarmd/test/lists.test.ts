import { newGuid } from '@polyswarm/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket, WINDOWS } from './test-market.ts'

let market: TestMarket
let moves: MarketMoves
let daemon: Polyswarmd
let api: TestClient
let listener: EventListener
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  moves = new MarketMoves(market)
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
  listener = await EventListener.connect(daemon.url)
})
afterAll(async () => {
  listener.close()
  await daemon.stop()
  await market.stop()
})

const list = async (kind: string, query = '') => {
  await listener.untilBlock(await moves.head())
  const { status, body } = await api.get(`/${kind}/list?${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.result
}
const guids = (rows: { guid: string }[]) => rows.map(({ guid }) => guid)

test('a list goes on where the page before ended, and names every bounty once', async () => {
  const posted: string[] = []
  for (let bounty = 0; bounty < 5; bounty++) posted.push(await moves.post({ duration: 50 }))
  const found: string[] = []
  let after: number | null = 0
  let pages = 0
  while (after !== null) {
    const { bounties, next }: { bounties: { guid: string }[]; next: number | null } = await list(
      'bounties',
      `limit=2&after=${after}`,
    )
    found.push(...guids(bounties))
    after = next
    pages++
  }
  expect([found, pages]).toEqual([posted, 3])
})

test('the phase is that of the next block, from assertion to finished, and filters by it', async () => {
  const guid = await moves.post({ duration: 6 })
  const expiration = (await moves.head()) + 6
  const [engine] = market.engines
  if (!engine) throw new Error('the market has no engine')
  await moves.assert(guid, engine)
  const phaseNow = async () => {
    const { bounties } = await list('bounties', 'limit=100')
    const { phase } = bounties.find((row: { guid: string }) => row.guid === guid)
    for (const other of ['assertion', 'reveal', 'vote', 'quorum', 'finished']) {
      expect(guids((await list('bounties', `phase=${other}&limit=100`)).bounties).includes(guid)).toBe(other === phase)
    }
    return phase
  }
  expect(await phaseNow()).toBe('assertion')
  await moves.mineTo(expiration - 1)
  expect(await phaseNow()).toBe('reveal')
  await moves.reveal(guid, engine, 0)
  await moves.mineTo(expiration + WINDOWS.reveal - 1)
  expect(await phaseNow()).toBe('vote')
  for (const arbiter of market.arbiters) await moves.vote(guid, arbiter)
  expect(await phaseNow()).toBe('quorum')
  await moves.mineTo(expiration + WINDOWS.reveal + WINDOWS.vote - 1)
  expect(await phaseNow()).toBe('finished')

  expect((await list('assertions', `author=${engine.address.toLowerCase()}`)).assertions).toEqual([
    expect.objectContaining({ bounty_guid: guid, index: 0, author: engine.address, mask: [true], verdicts: [true] }),
  ])
  const { votes } = await list('votes', `guid=${guid}`)
  expect(votes.map(({ voter }: { voter: string }) => voter)).toEqual(market.arbiters.map(({ address }) => address))
  const { bounties } = await list('bounties', 'phase=finished')
  expect(bounties[0]).toMatchObject({ guid, assertions: 1, votes: market.arbiters.length, num_artifacts: 1 })
})

test('the newest rows come first where they are asked for, and pages go back from there', async () => {
  for (const kind of ['bounties', 'assertions', 'votes'] as const) {
    const forwards = (await list(kind, 'limit=100'))[kind]
    expect(forwards.length).toBeGreaterThan(0)
    const back: unknown[] = []
    for (let after: number | null = 0; after !== null; ) {
      const page = await list(kind, `order=newest&limit=2&after=${after}`)
      back.push(...page[kind])
      after = page.next
    }
    expect(back).toEqual(forwards.toReversed())
  }
  const { bounties } = await list('bounties', 'order=newest&phase=assertion&limit=1')
  expect(bounties).toEqual((await list('bounties', 'phase=assertion&limit=100')).bounties.slice(-1))
})

test('the moves on a bounty stand in the order of the chain, each with its transaction', async () => {
  const guid = await moves.wholeBounty()
  await listener.untilBlock(await moves.head())
  const { body } = await api.get(`/bounties/${guid}/events?account=${market.owner.address}`)
  const { engines, arbiters, ambassador } = market
  const accounts = (of: readonly { address: string }[]) => of.map(({ address }) => address)
  const by = (event: string) =>
    body.result
      .filter((move: { event: string }) => move.event === event)
      .map(({ account }: { account: string }) => account)
  expect(by('bounty')).toEqual([ambassador.address])
  expect(by('assertion')).toEqual(accounts(engines))
  expect(by('reveal')).toEqual(accounts(engines))
  expect(by('vote')).toEqual(accounts(arbiters))
  expect(by('quorum')).toEqual([null])
  expect(by('settled_bounty')).toEqual(accounts([ambassador, ...engines, ...arbiters]))
  const blocks = body.result.map(({ block_number }: { block_number: number }) => block_number)
  expect(blocks).toEqual(blocks.toSorted((a: number, b: number) => a - b))
  const settled = body.result.at(-1)
  const { logs } = await market.client.getTransactionReceipt({ hash: settled.txhash })
  expect(logs.some(({ address }) => address === market.deployment.bounty_registry_address.toLowerCase())).toBe(true)
  const unknown = await api.get(`/bounties/${newGuid()}/events?account=${market.owner.address}`)
  expect(unknown).toMatchObject({ status: 404, body: { errors: 'Bounty not found' } })
})

test('what became of several bounties is told together, in the order asked, as of each alone', async () => {
  const [first, second] = [await moves.wholeBounty(), await moves.post()]
  const outcomes = await list('outcomes', `guids=${[second, newGuid(), first, second].join()}`)
  expect(guids(outcomes)).toEqual([second, first])
  for (const { guid, ...outcome } of outcomes) {
    for (const [kind, told] of Object.entries(outcome)) {
      const alone = await api.get(`/bounties/${guid}/${kind}?account=${market.owner.address}`)
      expect(told, kind).toEqual(alone.body.result)
    }
  }
  expect(outcomes[1].settlements.length).toBeGreaterThan(0)
  expect(await list('outcomes', `guids=${newGuid()}`)).toEqual([])
})

test('of bounties with long documents as many are told of as fit in, each of them whole', async () => {
  const document = [{ malware_family: 'x'.repeat(120_000) }]
  const uri = (await api.post('/bounties/metadata', document)).body.result
  const asked: string[] = []
  for (let bounty = 0; bounty < 5; bounty++) asked.push(await moves.wholeBounty('', uri))
  const outcomes = await list('outcomes', `guids=${asked.join()}`)
  expect(guids(outcomes)).toEqual(asked.slice(0, outcomes.length))
  expect(outcomes.length).toBeGreaterThan(1)
  expect(outcomes.length).toBeLessThan(5)
  for (const { assertions } of outcomes) {
    for (const { metadata } of assertions) expect(metadata).toEqual(document)
  }
})

test('filters that nothing meets give empty lists', async () => {
  expect(await list('bounties', `author=${market.owner.address}`)).toEqual({ bounties: [], next: null })
  expect(await list('assertions', `guid=${newGuid()}`)).toEqual({ assertions: [], next: null })
  expect(await list('votes', `voter=${market.owner.address}`)).toEqual({ votes: [], next: null })
})

test.each([
  ['bounties', 'phase=over', 'Phase must be one of assertion, reveal, vote, quorum, finished'],
  ['bounties', 'limit=0', 'Limit must be an integer from 1 to 100'],
  ['bounties', 'limit=101', 'Limit must be an integer from 1 to 100'],
  ['bounties', 'after=-1', 'Page and count must be non-negative integers'],
  ['bounties', 'order=up', 'Order must be oldest or newest'],
  ['bounties', 'author=x', 'Invalid address'],
  ['votes', 'guid=1', 'Guid must be a hyphenated UUID'],
  ['outcomes', '', 'Guids must be 1 to 16 hyphenated UUIDs with commas between them'],
  ['outcomes', 'guids=1', 'Guids must be 1 to 16 hyphenated UUIDs with commas between them'],
  [
    'outcomes',
    `guids=${Array.from({ length: 17 }, newGuid).join()}`,
    'Guids must be 1 to 16 hyphenated UUIDs with commas between them',
  ],
])('%s with %s is refused', async (kind, query, errors) => {
  expect(await api.get(`/${kind}/list?${query}`)).toEqual({ status: 400, body: { status: 'FAIL', errors } })
})
