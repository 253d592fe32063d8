import { phaseAt } from '@polyswarm/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DutyFacts, dutiesOf, judgeDuty } from './duty-schedule.ts'

const windows = fc.record({
  expiration: fc.integer({ min: 5, max: 1_000 }),
  assertionRevealWindow: fc.integer({ min: 1, max: 100 }),
  arbiterVoteWindow: fc.integer({ min: 1, max: 200 }),
})

const facts: fc.Arbitrary<DutyFacts> = fc.record({
  windows,
  quorum: fc.boolean(),
  settled: fc.boolean(),
  assertion: fc.option(fc.record({ posted: fc.boolean(), revealed: fc.boolean() })),
  vote: fc.option(fc.record({ cast: fc.boolean() })),
  author: fc.boolean(),
})

function dutiesAt(state: Partial<DutyFacts> & Pick<DutyFacts, 'windows'>): Record<string, [number, number]> {
  const defaults = { quorum: false, settled: false, assertion: null, vote: null, author: false }
  return Object.fromEntries(dutiesOf({ ...defaults, ...state }).map(({ kind, from, until }) => [kind, [from, until]]))
}

const dev = { expiration: 115, assertionRevealWindow: 25, arbiterVoteWindow: 100 }

describe('dutiesOf', () => {
  it('reveals from the expiration on, and as long as the reveal can still be mined in its window', () => {
    expect(dutiesAt({ windows: dev, assertion: { posted: true, revealed: false } }).reveal).toEqual([115, 138])
  })

  it('votes in the vote window only', () => {
    expect(dutiesAt({ windows: dev, vote: { cast: false } }).vote).toEqual([139, 238])
  })

  it('settles at once on quorum, but for arbiters, who wait for the end', () => {
    const posted = { posted: true, revealed: true }
    expect(dutiesAt({ windows: dev, assertion: posted, quorum: true }).settle).toEqual([0, Infinity])
    expect(dutiesAt({ windows: dev, assertion: posted }).settle).toEqual([239, Infinity])
    expect(dutiesAt({ windows: dev, vote: { cast: true }, quorum: true }).settle).toEqual([239, Infinity])
  })

  it('settles a bounty of its own even if nobody asserted', () => {
    expect(dutiesAt({ windows: dev, author: true }).settle).toEqual([239, Infinity])
  })

  it('leaves nothing to do after the settlement of a revealed assertion', () => {
    expect(dutiesAt({ windows: dev, assertion: { posted: true, revealed: true }, settled: true })).toEqual({})
  })

  it('asks for nothing that the contract would refuse in the next block', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 1_400 }), (state, head) => {
        for (const duty of dutiesOf(state)) {
          if (judgeDuty(duty, head) !== 'due') continue
          const phase = phaseAt(state.windows, head + 1, state.quorum)
          if (duty.kind === 'assert') expect(phase).toBe('assertion')
          if (duty.kind === 'reveal') expect(phase).toBe('reveal')
          if (duty.kind === 'vote') expect(['vote', 'quorum']).toContain(phase)
          if (duty.kind === 'settle' && !state.quorum) expect(phase).toBe('finished')
        }
      }),
    )
  })

  it('gives every posted assertion at least one block at which its reveal is due', () => {
    fc.assert(
      fc.property(windows, (given) => {
        const [reveal] = dutiesOf({
          windows: given,
          quorum: false,
          settled: true,
          assertion: { posted: true, revealed: false },
          vote: null,
          author: false,
        })
        expect(reveal?.from).toBeLessThanOrEqual(reveal?.until ?? -1)
      }),
    )
  })

  it('puts the nearest deadline first', () => {
    fc.assert(
      fc.property(facts, (state) => {
        const deadlines = dutiesOf(state).map(({ until }) => until)
        expect(deadlines).toEqual(deadlines.toSorted((a, b) => a - b))
      }),
    )
  })
})
