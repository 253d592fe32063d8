import { createHash } from 'node:crypto'
import type { Verdict } from '@polyswarm/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ArbiterMarket, type TestArbiter } from './arbiter-market.fixture.ts'
import { readArbiterStatus } from './arbiter-status.ts'
import type { TruthSource } from './truth-source.ts'

let world: ArbiterMarket
beforeAll(async () => {
  world = await ArbiterMarket.start(14, 3)
})
afterAll(() => world.stop())

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')

function says(truths: Record<string, Verdict>): TruthSource {
  const known = new Map(Object.entries(truths).map(([content, truth]) => [sha256(content), truth]))
  return {
    name: 'list',
    setup: async () => undefined,
    judge: async ({ sha256: hash }) => ({ verdict: known.get(hash) }),
    teardown: async () => undefined,
  }
}

const TRUTH = { bad: 'malicious', good: 'benign' } as const

/** Starts the arbiter with this number; the last of the three calls harmless what is not. */
function start(index: number): Promise<TestArbiter> {
  const sources = [says(index === 2 ? { ...TRUTH, bad: 'benign' } : TRUTH)]
  const account = world.arbiters[index]
  if (!account) throw new TypeError(`there is no arbiter ${index}`)
  return world.arbiter({ sources, account, name: `arbiter-of-${index}` })
}

it('two of three settle a bounty, and each sees how often it answers and who agrees with it', async () => {
  const [first, second, third] = [await start(0), await start(1), await start(2)]
  const [one, two, three] = world.arbiters.map(({ account }) => account.address)
  const guid = await world.post(['bad', 'good'])
  await world.until(() => [first, second, third].every(({ journal }) => journal.judgements.tally('votes') === 1n))
  expect((await world.voters(guid)).sort()).toEqual([one, two, three].sort())
  // Those who said what most said share the fee by the artifacts on which they did.
  const earned = [first, second, third].map(({ journal }) => journal.judgements.tally('earned'))
  expect(earned[0]).toBe(earned[1])
  expect(earned[2]).toBe((earned[0] ?? 0n) / 2n)
  expect(third.journal.judgements.settled(sha256('bad'))).toBe('malicious')

  // The third is away for the next one, and votes on it neither in time nor afterwards.
  await third.stop()
  const missed = await world.post(['good', 'bad'])
  await world.until(() => [first, second].every(({ journal }) => journal.judgements.tally('votes') === 2n))
  const back = await start(2)
  const counted = ({ journal }: TestArbiter) => journal.judgements.tally('bounties') === 2n
  await world.until(() => [first, second, back].every(counted))
  expect((await world.voters(missed)).sort()).toEqual([one, two].sort())

  expect(readArbiterStatus(first.journal.path)).toMatchObject({
    ...{ bounties: 2, responses: 2, responseRate: 1, votes: 2, missed: 0 },
    // Where the others are tied they agree with nobody.
    ...{ agreed: 3, disagreed: 0 },
    others: [
      { arbiter: two, agreed: 4, disagreed: 0 },
      { arbiter: three, agreed: 1, disagreed: 1 },
    ].sort((a, b) => (String(a.arbiter) < String(b.arbiter) ? -1 : 1)),
  })
  expect(readArbiterStatus(back.journal.path)).toMatchObject({
    ...{ bounties: 2, responses: 1, responseRate: 0.5, votes: 1, agreed: 1, disagreed: 1 },
  })
})
