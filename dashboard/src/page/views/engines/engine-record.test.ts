import { newGuid, parseNct } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { companionsOf } from './companions.ts'
import { byBid, byConfidence, byType } from './engine-groups.ts'
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

/** An answer that was judged. */
function answer(bid: bigint, artifact = 0) {
  return { guid: newGuid(), artifact, type: 'file' as const, bid, right: bid > 2n, malicious: true }
}

test('groups by bid hold every answer once, the lowest bids first', () => {
  const groups = byBid(
    [3n, 1n, 2n, 1n, 5n].map((bid) => answer(bid)),
    2,
  )
  expect(groups.map(({ answers, right }) => [answers.map(({ bid }) => bid), right])).toEqual([
    [[1n, 1n, 2n], 0],
    [[3n, 5n], 2],
  ])
  expect(byBid([], 5)).toEqual([])
})

test('groups by confidence leave out what said nothing of it', () => {
  const said = [0.9, null, 0.5, 0.7]
  const answers = said.map((_, artifact) => answer(BigInt(artifact), artifact))
  const groups = byConfidence(answers, 3, ({ artifact }) => said[artifact] ?? null)
  expect(groups.map(({ answers: members }) => members.map(({ artifact }) => artifact))).toEqual([[2], [3], [0]])
})

test('many types of files are told as the largest and the rest, and nothing is left out', () => {
  const answers = Array.from({ length: 100 }, (_, index) => answer(3n, index))
  const types = byType(answers, ({ artifact }) => (artifact < 50 ? 'pe' : `type ${artifact}`), 'others')
  expect(types).toHaveLength(12)
  expect([types[0]?.[0], types.at(-1)?.[0]]).toEqual(['pe', 'others'])
  expect(types.reduce((sum, [, { answers: members }]) => sum + members.length, 0)).toBe(100)
  expect(byType(answers.slice(0, 50), () => 'pe', 'others')).toMatchObject([['pe', { right: 50 }]])
})
