import { baseUnits, newGuid } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { judgedSample, type SampleLists } from './engine-sample.ts'

const ENGINE = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'

/** Lists of a market in which one engine and one arbiter said on each bounty that its artifact is malicious. */
function lists(blocks: readonly number[], said: readonly number[], isWhole: boolean): SampleLists {
  const bounties = blocks.map((block) => ({
    ...{ guid: newGuid(), phase: 'finished' as const, artifact_type: 'file' as const, author: ENGINE },
    ...{ amount: baseUnits(1n), uri: 'Qm', num_artifacts: 1, expiration: block + 5, metadata: '' },
    ...{ assertions: 1, votes: 1, block_number: block },
  })) as SampleLists['bounties']
  const on = bounties.filter(({ block_number: block }) => said.includes(block))
  const assertions = on.map(({ guid, block_number: block }) => ({
    ...{ bounty_guid: guid, index: 0, author: ENGINE, bid: [baseUnits(1n)], mask: [true], verdicts: [true] },
    block_number: block + 2,
  })) as SampleLists['assertions']['rows']
  const votes = on.map(({ guid, block_number: block }) => ({
    ...{ bounty_guid: guid, voter: ENGINE, votes: [true], block_number: block + 9 },
  })) as SampleLists['votes']['rows']
  return { bounties, assertions: { rows: assertions, isWhole }, votes: { rows: votes, isWhole: true } }
}

test('what is over is joined with what was said on it', () => {
  expect(judgedSample(lists([30, 20, 10], [30, 10], true))).toMatchObject([
    { postedAt: 30, consensus: 1n, assertions: [{ author: ENGINE, block: 32, verdicts: 1n }] },
    { postedAt: 20, consensus: null, assertions: [] },
    { postedAt: 10, consensus: 1n },
  ])
})

test('a bounty from before what was read is left out, and does not look as if nobody had answered on it', () => {
  expect(judgedSample(lists([30, 20, 10], [30, 20], false)).map(({ postedAt }) => postedAt)).toEqual([30])
  expect(judgedSample(lists([30, 20, 10], [30, 20], true)).map(({ postedAt }) => postedAt)).toEqual([30, 20, 10])
})
