import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BOUNTY_PHASES, phaseAt, voteEnd, voteStart } from './phase.ts'

/** Of a bounty posted in block 100 for 15 blocks. */
const windows = { expiration: 115, assertionRevealWindow: 25, arbiterVoteWindow: 100 }

test.each([
  [100, 'assertion'],
  [114, 'assertion'],
  [115, 'reveal'],
  [139, 'reveal'],
  [140, 'vote'],
  [239, 'vote'],
  [240, 'finished'],
  [1_000_000, 'finished'],
] as const)('in block %d the round is %s', (block, phase) => {
  expect(phaseAt(windows, block, false)).toBe(phase)
})

test('a quorum counts only while the vote window is open', () => {
  expect(phaseAt(windows, 114, true)).toBe('assertion')
  expect(phaseAt(windows, 139, true)).toBe('reveal')
  expect(phaseAt(windows, 140, true)).toBe('quorum')
  expect(phaseAt(windows, 239, true)).toBe('quorum')
  expect(phaseAt(windows, 240, true)).toBe('finished')
})

test('rounds have the numbers of the contract', () => {
  expect(BOUNTY_PHASES.map((phase, number) => `${number} ${phase}`)).toEqual([
    '0 assertion',
    '1 reveal',
    '2 vote',
    '3 quorum',
    '4 finished',
  ])
})

test('rounds follow each other, each as long as its window', () => {
  const window = fc.integer({ min: 1, max: 30 })
  fc.assert(
    fc.property(fc.nat(10 ** 9), window, window, window, (posted, duration, reveal, vote) => {
      const terms = { expiration: posted + duration, assertionRevealWindow: reveal, arbiterVoteWindow: vote }
      expect(voteStart(terms)).toBe(posted + duration + reveal)
      expect(voteEnd(terms)).toBe(posted + duration + reveal + vote)
      const blocks = Array.from({ length: duration + reveal + vote + 1 }, (_, i) => phaseAt(terms, posted + i, false))
      expect(blocks).toEqual([
        ...Array(duration).fill('assertion'),
        ...Array(reveal).fill('reveal'),
        ...Array(vote).fill('vote'),
        'finished',
      ])
    }),
  )
})
