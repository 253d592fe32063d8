import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Admission } from './admission.ts'
import { type Load, simulate } from './shared-machine.fixture.ts'

const DURATION = 60_000
const WINDOW = 7_500
const cost = (size: number): number => 100 + 10 * size

/** Pieces of work of these sizes that come at random, for a machine that can do `load` times as much or as little. */
function offered(load: number, sizes: readonly number[], seed: number, window = WINDOW): Load['arrivals'] {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 1) / 2 ** 32
  }
  const mean = sizes.reduce((sum, size) => sum + cost(size), 0) / sizes.length
  const arrivals: Load['arrivals'][number][] = []
  for (let at = 0; ; ) {
    at -= (Math.log(random()) * mean) / load
    if (at > DURATION) return arrivals
    arrivals.push({ at, size: sizes[Math.floor(random() * sizes.length) % sizes.length] ?? 1, window })
  }
}

const LOADS = [0.25, 0.5, 1, 2, 4, 8]
const SIZES: number[][][] = [[[1]], [[16]], [[64]], [[256]], [[1, 16]], [[16, 64]], [[1, 16, 64, 256]]]

describe('more that is offered', () => {
  it.each(SIZES)('never makes less be finished in time, in bounties of %j', (sizes) => {
    const seeds = [1, 2, 3, 4].map((seed) => seed * 7_919)
    const finished = LOADS.map((load) =>
      seeds.reduce((sum, seed) => sum + simulate({ arrivals: offered(load, sizes, seed), cost }).goodput, 0),
    )
    let most = 0
    for (const goodput of finished) {
      expect(goodput, `${finished}`).toBeGreaterThanOrEqual(0.85 * most)
      most = Math.max(most, goodput)
    }
  })

  it('makes next to nothing be finished where all of it is taken on: the machine of this test can collapse', () => {
    const [little, much] = [1, 4].map(
      (load) => simulate({ arrivals: offered(load, [256], 1), cost, greedy: true }).goodput,
    )
    expect(much).toBeLessThan((little ?? 0) / 4)
  })

  it('in waves is finished as if it came evenly', () => {
    const wave = (count: number): Load['arrivals'] =>
      Array.from({ length: 8 }, (_, nth) => nth * 8_000).flatMap((at) =>
        Array.from({ length: count }, () => ({ at, size: 64, window: WINDOW })),
      )
    const [fitting = 0, much = 0] = [8, 64].map((count) => simulate({ arrivals: wave(count), cost }).goodput)
    expect(much).toBeGreaterThanOrEqual(fitting)
  })
})

describe('a machine that is not at its limit', () => {
  it('refuses next to nothing, and next to nothing that it takes on is late', () => {
    fc.assert(
      fc.property(fc.constantFrom([1], [16], [64], [1, 16]), fc.nat(), (sizes, seed) => {
        const arrivals = offered(0.4, sizes, seed)
        const { late, refused } = simulate({ arrivals, cost })
        expect(late.length + refused).toBeLessThanOrEqual(1 + arrivals.length / 20)
      }),
      { numRuns: 20 },
    )
  })
})

describe('after a time in which nothing went on', () => {
  it.each([
    ['at half of its limit', 0.5],
    ['at four times its limit', 4],
  ])('a machine does again what it did before, %s', (_what, load) => {
    for (const slow of [0, 0.1]) {
      const arrivals = offered(load, [64], 3)
      const stalled = (at: number): number => (at > 15_000 && at < 30_000 ? slow : 1)
      const within = ({ finished }: ReturnType<typeof simulate>): number =>
        finished.filter(({ at }) => at > 40_000 && at <= DURATION).length
      const [before, after] = [simulate({ arrivals, cost }), simulate({ arrivals, cost, speed: stalled })].map(within)
      expect(after).toBeGreaterThanOrEqual(0.85 * (before ?? 0))
    }
  })
})

describe('works that wait for something else than the machine', () => {
  it('come to be done at the same time, though each alone fills the machine as far as can be seen', () => {
    const arrivals = Array.from({ length: 600 }, (_, nth) => ({ at: nth * 100, size: 1, window: 3_000 }))
    const waits = { arrivals, cost: () => 5, latency: 700 }
    // One at a time would be 85.
    expect(simulate(waits).goodput).toBeGreaterThan(400)
  })
})

describe('before anything was measured', () => {
  it('nothing is given up: what is alone is tried, however large it is and however little time there is', () => {
    const admission = new Admission(() => 0)
    expect(admission.admit({ id: 'a', size: 256, deadline: 500 })).toEqual({ answer: 'now' })
  })
})

describe('what was loaded for the first time', () => {
  it('is no reason to give up what follows: some of that is tried until a few are done', () => {
    let now = 0
    const admission = new Admission(() => now)
    const window = 2_000
    let tried = 0
    /** The work of an engine that takes 4 s for the first that it sees, and 0.1 s for the others. */
    const offer = (id: string): boolean => {
      const { answer } = admission.admit({ id, size: 1, deadline: now + window })
      if (answer !== 'now') return false
      const isLate = tried++ === 0
      now += isLate ? window : 100
      admission.end(id, isLate ? 'late' : 'done')
      return true
    }
    const taken = Array.from({ length: 8 }, (_, nth) => offer(`${nth}`))
    expect(taken.filter((isTaken) => !isTaken).length).toBeLessThanOrEqual(1)
    expect(taken.slice(-5)).toEqual([true, true, true, true, true])
  })

  it('is learned from where it never becomes faster: what is tried becomes rare', () => {
    let now = 0
    const admission = new Admission(() => now)
    const answers = Array.from({ length: 64 }, (_, nth) => {
      const { answer } = admission.admit({ id: `${nth}`, size: 1, deadline: now + 500 })
      if (answer === 'now') {
        now += 500
        admission.end(`${nth}`, 'late')
      }
      return answer
    })
    expect(answers.filter((answer) => answer === 'now').length).toBeLessThan(10)
  })
})

describe('what took long beside others', () => {
  const all = ['a', 'b', 'c', 'd']

  /** Four works that are done at the same time and are all over after four seconds. */
  function afterCompany(): { admission: Admission; at: number } {
    let now = 0
    const admission = new Admission(() => now)
    for (const id of all) admission.begin({ id, size: 64, deadline: 8_000 })
    now = 4_000
    for (const id of all) admission.end(id, 'done')
    return { admission, at: now }
  }

  it('is no reason to give up the next: that is tried as soon as it is alone', () => {
    const { admission, at } = afterCompany()
    expect(admission.admit({ id: 'e', size: 64, deadline: at + 3_000 })).toEqual({ answer: 'now' })
  })

  it('is given up where its own part of the machine is known to take longer than there is', () => {
    const { admission, at } = afterCompany()
    expect(admission.admit({ id: 'e', size: 64, deadline: at + 1_000 })).toMatchObject({ answer: 'hopeless' })
  })
})

describe('what there is no time for', () => {
  it('is told from what has to wait, with its reason', () => {
    let now = 0
    const admission = new Admission(() => now)
    const work = (id: string, deadline: number) => ({ id, size: 256, deadline })
    expect(admission.admit(work('a', 10_000))).toEqual({ answer: 'now' })
    expect(admission.admit(work('b', 10_000))).toMatchObject({ answer: 'later' })
    now = 3_000
    admission.end('a', 'done')
    expect(admission.admit(work('b', 10_000))).toEqual({ answer: 'now' })
    expect(admission.admit(work('c', 5_000))).toEqual({
      answer: 'hopeless',
      reason: 'judging it takes 3.0 s, and there are 2.0 s',
    })
    // It does not fit, and is tried all the same: only one at a time is.
    expect(admission.admit(work('d', 8_000))).toEqual({ answer: 'now' })
    expect(admission.admit(work('e', 8_000))).toEqual({
      answer: 'later',
      reason: 'judging it takes 3.0 s behind 2 bounties with 512 artifacts',
    })
  })
})
