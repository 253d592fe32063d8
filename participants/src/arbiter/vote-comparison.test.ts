import { expect, it } from 'vitest'
import { compareVotes } from './vote-comparison.ts'

const cast = (...votes: bigint[]) => votes.map((set, index) => ({ voter: `${index}`, votes: set }))
const scope = { account: '0', numArtifacts: 3, earned: 5n }

it('counts where most of the others say the same, and leaves ties among them out', () => {
  expect(compareVotes(cast(0b011n, 0b001n, 0b001n), scope)).toEqual({
    consensus: ['malicious', 'benign', 'benign'],
    voted: true,
    agreed: 2,
    disagreed: 1,
    byArbiter: [
      { arbiter: '1', agreed: 2, disagreed: 1 },
      { arbiter: '2', agreed: 2, disagreed: 1 },
    ],
    earned: 5n,
  })
  expect(compareVotes(cast(0b001n, 0b001n, 0b000n), scope)).toMatchObject({ agreed: 2, disagreed: 0 })
})

it('alone there is nobody to agree with, and without votes nothing was settled', () => {
  expect(compareVotes(cast(0b1n), scope)).toMatchObject({ agreed: 0, disagreed: 0, voted: true })
  expect(compareVotes([], scope)).toMatchObject({ consensus: undefined, voted: false })
})

it('of others alone it learns what was settled', () => {
  expect(compareVotes(cast(0b1n), { ...scope, account: 'another' })).toMatchObject({
    consensus: ['malicious', 'benign', 'benign'],
    ...{ voted: false, agreed: 0, disagreed: 0, byArbiter: [] },
  })
})
