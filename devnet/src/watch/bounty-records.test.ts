import { baseUnits, type MarketEvent, marketEvent } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BountyRecords } from './bounty-records.ts'

const PARTIES = ['a1', 'b2', 'c3'].map((end) => `0x${end.padStart(40, '0')}`)
const TERMS = {
  ...{ num_artifacts: 1, bounty_fee: baseUnits(1n), assertion_fee: baseUnits(1n), arbiter_count: 1 },
  ...{ assertion_reveal_window: 5, arbiter_vote_window: 5 },
}
const guidOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`

function parse(event: string, data: object, block: number): MarketEvent {
  return marketEvent.parse({ event, data, block_number: block, txhash: `0x${'0'.repeat(64)}` })
}

function posted(index: number, block: number): MarketEvent {
  const said = { guid: guidOf(index), artifact_type: 'file', author: PARTIES[0], amount: '4', metadata: [] }
  const uri = 'QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh51'
  return parse('bounty', { ...said, uri, expiration: String(block + 10) }, block)
}

const settled = (index: number, block: number, settler = PARTIES[0]) =>
  parse('settled_bounty', { bounty_guid: guidOf(index), settler, payout: 1 }, block)

function play(records: BountyRecords, event: MarketEvent): void {
  records.hear(event)
  if (event.event === 'bounty') records.begin(event, TERMS)
  else records.apply(event)
}

test('after blocks were taken back records are what they would be if those had never been', () => {
  const later = fc.record({ index: fc.nat(3), what: fc.constantFrom('assertion', 'vote', 'quorum', 'settled_bounty') })
  fc.assert(
    fc.property(fc.array(later, { maxLength: 30 }), fc.nat(40), (steps, number) => {
      const events = [0, 1, 2, 3].map((index) => posted(index, index))
      steps.forEach(({ index, what }, place) => {
        const block = 4 + place
        const bounty_guid = guidOf(index)
        const data = {
          assertion: { author: PARTIES[1], index: place, bid: ['3'], mask: [true], commitment: '9' },
          vote: { voter: PARTIES[2], votes: [true] },
          quorum: {},
          settled_bounty: { settler: PARTIES[place % 3], payout: 1 },
        }[what]
        events.push(parse(what, { bounty_guid, ...data }, block))
      })
      const [taken, untouched] = [new BountyRecords(), new BountyRecords()]
      for (const event of events) play(taken, event)
      taken.rollBack(number)
      for (const event of events) if ('block_number' in event && event.block_number <= number) play(untouched, event)
      expect(new Map([...taken.all].sort())).toEqual(new Map([...untouched.all].sort()))
      const guids = (records: BountyRecords) => records.open.map(({ guid }) => guid).sort()
      expect(guids(taken)).toEqual(guids(untouched))
    }),
  )
})

test('a bounty that has been over for long stays as it is, and what happened to it is forgotten', () => {
  const records = new BountyRecords()
  for (const event of [posted(1, 1), settled(1, 20), posted(2, 300)]) play(records, event)
  records.prune(300)
  records.rollBack(10)
  // Its settlement is too old to be taken back; the other was never posted.
  expect([...records.all.keys()]).toEqual([guidOf(1)])
  expect(records.open).toEqual([])
})

test('what is not wanted is forgotten when it has been over for long, and no sooner', () => {
  const records = new BountyRecords(({ guid }) => guid === guidOf(2))
  for (const event of [posted(1, 1), posted(2, 1), posted(3, 1), settled(1, 20), settled(2, 20)]) play(records, event)
  expect(records.prune(20 + 256)).toEqual([])
  expect(records.prune(20 + 257)).toEqual([guidOf(1)])
  expect([...records.all.keys()]).toEqual([guidOf(2), guidOf(3)])
  expect(records.prune(1_000)).toEqual([])
})
