import { newGuid, parseNct } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { byBid, companionsOf } from './engine-groups.ts'
import { accuracyOf, engineRecord, engineRecords } from './engine-record.ts'
import type { JudgedBounty } from './engine-sample.ts'

/** A bounty of two artifacts, of which the first is malicious: verdicts as letters, - where it did not answer. */
function bounty(postedAt: number, answers: Record<string, string | null>, consensus: bigint | null = 1n): JudgedBounty {
  return {
    ...{ guid: newGuid(), type: 'file', postedAt, numArtifacts: 2, consensus, votes: [] },
    assertions: Object.entries(answers).map(([author, letters]) => {
      const bits = (of: RegExp) =>
        [...(letters ?? 'mm')].reduce((set, letter, index) => (of.test(letter) ? set | (1n << BigInt(index)) : set), 0n)
      const mask = bits(/[mb]/)
      const bids = [...mask.toString(2)].filter((bit) => bit === '1').map(() => parseNct('1'))
      return { author, mask, bids, verdicts: letters === null ? null : bits(/m/), block: postedAt + 3 }
    }),
  }
}

test('each answer is counted as what it was, and what an engine left out as abstained', () => {
  const sample = [
    bounty(1, { good: 'mb', bad: 'bm' }),
    bounty(2, { good: 'm-', bad: 'mb' }),
    bounty(3, { bad: null }),
    bounty(4, { good: 'mb' }, null),
  ]
  expect(engineRecord(sample, 'good')).toMatchObject({
    ...{ truePositives: 2, trueNegatives: 1, falsePositives: 0, falseNegatives: 0 },
    ...{ abstained: 3, missed: 0, answers: 3, delays: [3, 3, 3] },
  })
  expect(engineRecord(sample, 'bad')).toMatchObject({
    ...{ truePositives: 1, trueNegatives: 1, falsePositives: 1, falseNegatives: 1 },
    ...{ abstained: 2, missed: 1, answers: 3 },
  })
  expect(engineRecords(sample).map(({ address }) => address)).toEqual(['good', 'bad'])
  expect(accuracyOf(engineRecord(sample, 'nobody'))).toBeNull()
})

test('engines that say the same go together', () => {
  const sample = [bounty(1, { one: 'mb', same: 'mb', other: 'bb' }), bounty(2, { one: 'mm', same: 'mm', other: '-m' })]
  expect(companionsOf(sample, 'one')).toEqual([
    { address: 'same', together: 4, same: 4 },
    { address: 'other', together: 3, same: 2 },
  ])
})

test('groups by bid hold every answer once, the lowest bids first', () => {
  const answers = [3n, 1n, 2n, 1n, 5n].map((bid) => ({ type: 'file' as const, bid, right: bid > 2n, malicious: true }))
  const groups = byBid(answers, 2)
  expect(groups).toEqual([
    { answers: 3, right: 0, lowest: 1n, highest: 2n },
    { answers: 2, right: 2, lowest: 3n, highest: 5n },
  ])
})
