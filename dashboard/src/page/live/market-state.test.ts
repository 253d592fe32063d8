import { type MarketEvent, newGuid, parseNct } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { phaseEnd, phaseOf } from './live-bounty.ts'
import { MarketState } from './market-state.ts'
import { Pace } from './pace.ts'

const author = '0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const txhash = `0x${'1'.repeat(64)}` as const
const terms = {
  num_artifacts: 1,
  bounty_fee: parseNct('0.0625'),
  assertion_fee: parseNct('0.03125'),
  assertion_reveal_window: 10,
  arbiter_vote_window: 15,
  arbiter_count: 1,
}

function posted(guid: ReturnType<typeof newGuid>, block: number): MarketEvent {
  const data = { guid, artifact_type: 'file', author, amount: parseNct('2'), uri: 'Qm', metadata: '' } as const
  const expiration = BigInt(block + 15) as ReturnType<typeof parseNct>
  return { event: 'bounty', data: { ...data, expiration, terms }, block_number: block, txhash }
}
const block = (number: number): MarketEvent => ({ event: 'block', data: { number } })

test('a bounty goes through its phases with the blocks', () => {
  const state = new MarketState()
  const guid = newGuid()
  state.apply(block(100))
  state.apply(posted(guid, 100))
  const at = (number: number) => {
    state.apply(block(number))
    const bounty = state.bounties.get(guid)
    return bounty && [phaseOf(bounty, state.head), phaseEnd(bounty, state.head)]
  }
  expect(at(113)).toEqual(['assertion', 115])
  expect(at(114)).toEqual(['reveal', 125])
  expect(at(124)).toEqual(['vote', 140])
  state.apply({ event: 'quorum', data: { bounty_guid: guid }, block_number: 124, txhash })
  expect(at(125)).toEqual(['quorum', 140])
  expect(at(139)).toEqual(['finished', null])
})

test('who answered is counted once, also where a list has told of it before', () => {
  const state = new MarketState()
  const guid = newGuid()
  state.apply(posted(guid, 1))
  const asserted: MarketEvent = {
    event: 'assertion',
    data: { bounty_guid: guid, author, index: 1, bid: [], mask: [true], commitment: parseNct('1') },
    block_number: 2,
    txhash,
  }
  const listed = { guid, phase: 'assertion', artifact_type: 'file', author, amount: parseNct('2') } as const
  state.fill([{ ...listed, num_artifacts: 1, expiration: 16, assertions: 2, votes: 0, block_number: 1 }])
  state.apply(asserted)
  state.apply(asserted)
  expect(state.bounties.get(guid)).toMatchObject({ answers: 2, answeredBy: [author] })
})

test('what was open before a connection was lost, and is not told of after it, is gone', () => {
  const state = new MarketState()
  const [kept, gone] = [newGuid(), newGuid()]
  state.begin()
  for (const guid of [kept, gone]) state.apply(posted(guid, 5))
  state.apply({ event: 'snapshot', data: { number: 6 } })
  expect(state.bounties.size).toBe(2)
  state.begin()
  state.apply(posted(kept, 5))
  state.apply({ event: 'snapshot', data: { number: 9 } })
  expect([...state.bounties.keys()]).toEqual([kept])
})

test('blocks that are taken back take their bounties with them', () => {
  const state = new MarketState()
  const [before, after] = [newGuid(), newGuid()]
  state.apply(posted(before, 5))
  state.apply(posted(after, 7))
  state.apply(block(8))
  state.apply({ event: 'reorg', data: { number: 6 } })
  expect([...state.bounties.keys()]).toEqual([before])
  expect(state.head).toBe(6)
})

test('however many bounties there were, what is kept is bounded, and all that is open is among it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 500 }), (past, open) => {
      const state = new MarketState()
      for (let number = 1; number <= past; number++) {
        state.apply(posted(newGuid(), number))
        state.apply(block(number))
      }
      const head = past + 100
      state.apply(block(head))
      const guids = Array.from({ length: open }, newGuid)
      for (const guid of guids) state.apply(posted(guid, head))
      state.apply(block(head + 1))
      expect(guids.every((guid) => state.bounties.has(guid))).toBe(true)
      expect(state.bounties.size).toBeLessThanOrEqual(open + 300)
      expect(state.log.length).toBeLessThanOrEqual(600)
    }),
    { numRuns: 10 },
  )
})

test('the pace is that of the last blocks, and a gap starts it anew', () => {
  const pace = new Pace()
  for (let number = 1; number <= 100; number++) pace.add(number, number * (number < 60 ? 5_000 : 200))
  expect(pace.secondsPerBlock).toBeCloseTo(0.2)
  pace.reset()
  expect(pace.secondsPerBlock).toBeNull()
})
