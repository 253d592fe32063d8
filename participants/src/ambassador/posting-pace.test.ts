import { type Guid, newGuid } from '@polyswarm/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PostingPace } from './posting-pace.js'

const DURATION = 14
const ENGINES = 5

/** A market whose engines judge so many artifacts a block, first come first served. */
interface Load {
  /** Artifacts a block, 32 of which are as much work as beginning a bounty. */
  capacity: number
  /** Artifacts in each bounty. */
  artifacts: number
  /** Bounties a block that somebody wants to be judged. */
  offered: number
  /** Share of the bounties that engines are interested in. */
  interest?: number
  /** Blocks of work that engines have before them at most; they leave out what would come behind. */
  queue?: number
  blocks?: number
}

/** How many bounties were judged, and how many were posted, in the second half of the time. */
function simulate(load: Load): { judged: number; posted: number } {
  const { capacity, artifacts, offered, interest = 1, queue = Number.POSITIVE_INFINITY, blocks = 800 } = load
  const pace = new PostingPace(DURATION)
  const random = fc.sample(fc.double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true }), {
    numRuns: 1_000,
    seed: 7,
  })
  let [due, done, judged, posted, credit] = [0, 0, 0, 0, 0]
  const waiting: { guid: Guid; since: number }[] = []
  const answers: { guid: Guid; block: number }[] = []
  for (let block = 0; block < blocks; block++) {
    for (let next = answers[0]; next && next.block <= block; next = answers[0]) {
      answers.shift()
      for (let engine = 0; engine < ENGINES; engine++) {
        pace.answered(next.guid, next.block)
        pace.revealed(next.guid)
      }
    }
    pace.advance(block)
    due += offered
    for (; done < Math.floor(due); done++) {
      const guid = newGuid()
      if (!pace.begin(guid)) break
      pace.posted(guid, block, 0)
      if (block > blocks / 2) posted++
      const isFull = waiting.length * (artifacts + 32) > queue * capacity
      if (!isFull && (random[done % 1_000] ?? 0) < interest) waiting.push({ guid, since: block })
    }
    credit += capacity
    // What would come too late was fetched and judged in vain.
    for (let next = waiting[0]; next && credit > 0; next = waiting[0]) {
      waiting.shift()
      if (block - next.since > DURATION) continue
      credit -= artifacts + 32
      if (block - next.since > DURATION - 2) continue
      answers.push({ guid: next.guid, block: block + 2 })
      if (block > blocks / 2) judged++
    }
    credit = Math.min(credit, capacity)
  }
  return { judged, posted }
}

describe.each([1, 16, 64, 256])('with %i artifacts in a bounty', (artifacts) => {
  const capacity = 4 * (artifacts + 32)
  const [fits, time] = [4, 400]

  test.each([1, 1.5, 2, 4, 8, 16])('%f times what fits is judged nearly as fast as what fits', (load) => {
    const { judged, posted } = simulate({ capacity, artifacts, offered: fits * load })

    expect(judged / (fits * time)).toBeGreaterThan(0.85)
    // What is posted in vain costs its fee.
    expect(judged / posted).toBeGreaterThan(0.9)
  })

  test.each([1, 4, 16])('%f times what fits, where engines leave out what they have no time for', (load) => {
    const { judged, posted } = simulate({ capacity, artifacts, offered: fits * load, queue: 2 })

    expect(judged / (fits * time)).toBeGreaterThan(0.85)
    expect(judged / posted).toBeGreaterThan(0.4)
  })

  test.each([0.25, 0.5, 0.8])('%f of what fits is posted at once, and all of it is judged', (load) => {
    const { judged, posted } = simulate({ capacity, artifacts, offered: fits * load })

    expect(posted).toBeGreaterThanOrEqual(Math.floor((time - 1) * fits * load) - 1)
    expect(judged).toBeGreaterThanOrEqual(posted - 3 * fits)
  })

  test('engines that choose half of the bounties are not taken for engines that are busy', () => {
    expect(simulate({ capacity, artifacts, offered: 3, interest: 0.5 }).posted).toBeGreaterThan(0.9 * time * 3)
  })
})

test('where no engine answers, some bounties are posted all the same', () => {
  const { posted } = simulate({ capacity: 1_000, artifacts: 1, offered: 3, interest: 0 })
  expect(posted).toBeGreaterThanOrEqual((400 / (DURATION + 1)) * 4 - 4)
})

test('a market that has lost most of its machines is asked for less, and for more once they are back', () => {
  const capacity = (block: number) => (block >= 300 && block < 600 ? 0.5 : 4)
  const pace = new PostingPace(DURATION)
  const limits: number[] = []
  const waiting: { guid: Guid; since: number }[] = []
  for (let block = 0, credit = 0; block < 1_200; block++) {
    pace.advance(block)
    for (let guid = newGuid(); pace.begin(guid); guid = newGuid()) {
      pace.posted(guid, block, 0)
      waiting.push({ guid, since: block })
    }
    credit = Math.min(credit, 4) + capacity(block)
    for (; credit >= 1 && waiting.length > 0; credit--) {
      const next = waiting.shift()
      if (!next || block - next.since > DURATION - 2) continue
      pace.answered(next.guid, block + 2)
      pace.revealed(next.guid)
    }
    limits.push(pace.limit)
  }
  const mean = (from: number, to: number) => limits.slice(from, to).reduce((sum, limit) => sum + limit, 0) / (to - from)

  expect(mean(450, 600)).toBeLessThan(mean(150, 300) / 2)
  expect(mean(1_050, 1_200)).toBeGreaterThan(0.6 * mean(150, 300))
})

test('a market in which most answers are never revealed is asked for less', () => {
  const pace = new PostingPace(DURATION)
  const limits: number[] = []
  let asked: Guid[] = []
  for (let block = 0; block < 400; block++) {
    pace.advance(block)
    for (const guid of asked) {
      for (let engine = 0; engine < ENGINES; engine++) {
        pace.answered(guid, block)
        if (block < 200 || engine < 2) pace.revealed(guid)
      }
    }
    asked = []
    for (let guid = newGuid(); asked.length < 50 && pace.begin(guid); guid = newGuid()) {
      pace.posted(guid, block, 10)
      asked.push(guid)
    }
    limits.push(pace.limit)
  }

  expect(Math.min(...limits.slice(200))).toBeLessThan((limits[199] ?? 0) / 2)
})

test('a bounty that never comes to be posted keeps no place', () => {
  const pace = new PostingPace(DURATION)
  pace.advance(0)
  while (pace.begin(newGuid()));
  for (let block = 1; block < 100; block++) pace.advance(block)

  expect(pace.room).toBe(6)
})
