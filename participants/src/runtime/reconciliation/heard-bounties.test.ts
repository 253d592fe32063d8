import { type Guid, type MarketEvent, newGuid } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeardBounties } from './heard-bounties.ts'

const guid = newGuid()
const origin = { block_number: 1, txhash: `0x${'0'.repeat(64)}`, cursor: 'L-1' }
const tell = (event: string, data: object, more: object = origin) =>
  ({ event, data, ...more }) as unknown as MarketEvent
const bounty = (of: Guid, more?: object) => tell('bounty', { guid: of }, more)
const assertion = (author: string, index: number, bids = 2, of = guid) =>
  tell('assertion', { bounty_guid: of, author, index, bid: Array(bids).fill(5n), mask: Array(bids).fill(true) })
const reveal = (author: string, index: number) =>
  tell('reveal', { bounty_guid: guid, author, index, verdicts: [true, false] })
const vote = (voter: string) => tell('vote', { bounty_guid: guid, voter, votes: [false, true] })

function hearing(...events: MarketEvent[]): HeardBounties {
  const heard = new HeardBounties()
  for (const event of events) heard.hear(event)
  return heard
}

test('what is told of a bounty from its beginning is known', () => {
  const events = [assertion('a', 0), assertion('b', 1), reveal('b', 1), vote('x'), vote('y')]
  const heard = hearing(bounty(guid), ...events)
  const bids = [5n, 5n]
  expect(heard.of(guid)).toMatchObject({
    assertions: [
      { author: 'a', mask: 3n, bids, verdicts: null },
      { author: 'b', mask: 3n, bids, verdicts: 1n },
    ],
    votes: [
      { voter: 'x', votes: 2n },
      { voter: 'y', votes: 2n },
    ],
  })
  heard.forget(guid)
  expect(heard.of(guid)).toBeUndefined()
})

test.each([
  ['it was posted before', []],
  ['it is told of again, being open', [bounty(guid, {})]],
  ['blocks were taken back', [bounty(guid), assertion('a', 0), tell('reorg', { number: 1 })]],
  ['the connection was lost', [bounty(guid), assertion('a', 0), tell('connected', { start_time: '1' })]],
  ['what is open is told instead of what happened', [bounty(guid), tell('snapshot', { number: 3 })]],
  ['an assertion could not be read', [bounty(guid), assertion('b', 1)]],
  ['an assertion is told twice', [bounty(guid), assertion('a', 0), assertion('a', 0)]],
  ['a reveal is of an assertion that was not told', [bounty(guid), assertion('a', 0), reveal('b', 0)]],
])('nothing is known of a bounty where %s', (_why, events) => {
  const heard = hearing(...events, vote('x'))
  expect(heard.of(guid)).toBeUndefined()
})

test('any number of bounties, and any number of bids on one, take so much room and no more', () => {
  const many = new HeardBounties()
  const guids = Array.from({ length: 1_500 }, () => newGuid())
  for (const of of guids) many.hear(bounty(of))
  expect(guids.filter((of) => many.of(of))).toEqual(guids.slice(-1_000))
  const heard = hearing(bounty(guid))
  const other = newGuid()
  heard.hear(bounty(other))
  for (let index = 0; index < 400; index++) heard.hear(assertion('s', index, 256, other))
  expect([heard.of(guid), heard.of(other)]).toEqual([undefined, undefined])
  heard.hear(bounty(guid))
  expect(heard.of(guid)).toBeDefined()
})

test('in whatever order things are told, what is known of a bounty is all that was told of it since it began', () => {
  const step = fc.oneof(
    fc.constant(bounty(guid)),
    fc.nat(3).map((index) => assertion(`e${index}`, index)),
    fc.nat(3).map((index) => reveal(`e${index}`, index)),
    fc.constant(vote('x')),
    fc.constant(tell('reorg', { number: 1 })),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (events) => {
      const known = hearing(...events).of(guid)
      if (!known) return
      const since = events.slice(events.findLastIndex(({ event }) => event === 'bounty'))
      const told = (kind: string) => since.filter(({ event }) => event === kind).length
      expect([known.assertions.length, known.votes.length]).toEqual([told('assertion'), told('vote')])
      expect(told('reorg')).toBe(0)
    }),
  )
})
