import { newGuid } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import type { JudgedBounty } from '../engines/engine-sample.ts'
import { arbiterRecords } from './arbiter-record.ts'

const bounty = (postedAt: number, votes: Record<string, bigint>, consensus: bigint | null): JudgedBounty => ({
  ...{ guid: newGuid(), type: 'file', postedAt, numArtifacts: 2, consensus, assertions: [] },
  votes: Object.entries(votes).map(([voter, set]) => ({ voter, votes: set })),
})

test('an arbiter is measured from its first vote on, and by artifact', () => {
  const sample = [
    bounty(4, { old: 0b01n, late: 0b11n }, 0b01n),
    bounty(3, { old: 0b01n }, 0b01n),
    bounty(2, {}, null),
    bounty(1, { old: 0b10n }, 0b10n),
  ]
  expect(arbiterRecords(sample)).toEqual([
    { address: 'old', votes: 3, response: 0.75, judged: 6, agreed: 6 },
    { address: 'late', votes: 1, response: 1, judged: 2, agreed: 1 },
  ])
})
