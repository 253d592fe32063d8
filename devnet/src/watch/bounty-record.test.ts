import { baseUnits, marketEvent } from '@polyswarm/protocol'
import { describe, expect, test } from 'vitest'
import { applyEvent, type BountyRecord, groundTruth, isSettled, openRecord, unsettledParties } from './bounty-record.js'

const GUID = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
const AMBASSADOR = '0x00000000000000000000000000000000000000A1'
const ENGINE = '0x00000000000000000000000000000000000000b2'
const ARBITER = '0x00000000000000000000000000000000000000C3'
const TERMS = {
  num_artifacts: 2,
  bounty_fee: baseUnits(1n),
  assertion_fee: baseUnits(1n),
  assertion_reveal_window: 5,
  arbiter_vote_window: 5,
  arbiter_count: 1,
}

const parse = (event: string, data: object) =>
  marketEvent.parse({ event, data, block_number: 7, txhash: `0x${'0'.repeat(64)}` })

const bounty = (metadata: unknown) => {
  const event = parse('bounty', {
    guid: GUID,
    artifact_type: 'file',
    author: AMBASSADOR,
    amount: '4',
    uri: 'QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh51',
    expiration: '20',
    metadata,
  })
  if (event.event !== 'bounty') throw new Error('not a bounty')
  return openRecord(event, TERMS)
}

const life = [
  parse('assertion', {
    bounty_guid: GUID,
    author: ENGINE,
    index: 0,
    bid: ['3', '4'],
    mask: [true, true],
    commitment: '9',
  }),
  parse('reveal', { bounty_guid: GUID, author: ENGINE, index: 0, nonce: '5', verdicts: [true, false], metadata: '' }),
  parse('vote', { bounty_guid: GUID, voter: ARBITER, votes: [true, true] }),
  parse('quorum', { bounty_guid: GUID }),
  parse('settled_bounty', { bounty_guid: GUID, settler: ENGINE, payout: 7 }),
  parse('settled_bounty', { bounty_guid: GUID, settler: AMBASSADOR, payout: 0 }),
]

test('a bounty is over when ambassador, engines and arbiters have all settled', () => {
  let record: BountyRecord = bounty([])
  expect(isSettled(record)).toBe(false)
  for (const event of life) record = applyEvent(record, event)
  expect(unsettledParties(record)).toEqual([ARBITER])
  expect(groundTruth(record)).toEqual([true, true])
  record = applyEvent(record, parse('settled_bounty', { bounty_guid: GUID, settler: ARBITER, payout: 2 }))
  expect(isSettled(record)).toBe(true)
})

test('an event that was told before changes nothing', () => {
  let record = bounty([])
  for (const event of life) record = applyEvent(record, event)
  for (const event of life.slice(0, 4)) expect(applyEvent(record, event)).toEqual(record)
})

test('events of other bounties change nothing', () => {
  const record = bounty([])
  const other = '00000000-0000-4000-8000-000000000000'
  expect(applyEvent(record, parse('quorum', { bounty_guid: other }))).toBe(record)
  expect(applyEvent(record, parse('vote', { bounty_guid: other, voter: ARBITER, votes: [true] }))).toBe(record)
})

describe('an ambassador can write anything into metadata', () => {
  test.each([
    ['nothing', '', ['artifact 0', 'artifact 1']],
    ['too little', [{ filename: 'a.txt' }], ['a.txt', 'artifact 1']],
    ['other types', [{ filename: 5 }, null], ['artifact 0', 'artifact 1']],
    ['urls', [{ uri: 'http://a.example/' }, { uri: 'http://b.example/' }], ['http://a.example/', 'http://b.example/']],
    ['an object', { filename: 'a.txt' }, ['artifact 0', 'artifact 1']],
  ])('%s', (_, metadata, names) => {
    expect(bounty(metadata).artifacts.map(({ name }) => name)).toEqual(names)
  })
})
