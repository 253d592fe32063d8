/** How something ended that was measured. What is `void` says nothing of how long it takes. */
export type WorkOutcome = 'done' | 'late' | 'void'

/** Something that is being done. */
export interface RunningWork {
  size: number
  /** Milliseconds of the whole machine that it has had. */
  used: number
  /** When it was begun, in milliseconds since the same point as all. */
  since: number
}

/** What was measured counts so much when the next is measured. */
const MEMORY = 0.85
/** Half of an estimate is forgotten in so many milliseconds in which nothing is measured. */
const HALF_LIFE_MS = 15_000
/** What work is taken to cost before any was measured: so much each time, and so much for each unit of its size. */
const GUESS_MS = { once: 50, each: 20 }
/** An estimate says nothing of work that is larger than this many times the largest that was measured. */
const REACH = 2
/** What took up to so many times its part of the machine had the machine nearly to itself. */
const ALONE = 1.5
/** What was cut off would have taken longer; how much is not known. */
const CUT_OFF = 1.5
/** So many works are done before what was loaded and compiled for them no longer counts. */
const FIRST = 3

/**
 * Measures what work costs: so much each time, and so much for each unit of its size. Works that are done at the same time
 * share the machine, so that each is charged its part of the time. It follows that an estimate is what a piece of work adds
 * to all others, not how long it takes.
 */
export class WorkMeter {
  readonly #now: () => number
  readonly #running = new Map<string, RunningWork>()
  #at: number
  #measuredAt: number
  #largest = 0
  #done = 0
  /** The least time that work took, by the number of binary digits of its size, and whether any had the machine to itself. */
  readonly #quickest = new Map<number, { took: number; wasAlone: boolean }>()
  #sums = { n: 0, x: 0, y: 0, xx: 0, xy: 0 }

  /** @param now milliseconds since some fixed point. */
  constructor(now: () => number) {
    this.#now = now
    this.#at = now()
    this.#measuredAt = this.#at
  }

  /** What is being done. */
  get running(): ReadonlyMap<string, Readonly<RunningWork>> {
    this.#charge()
    return this.#running
  }

  begin(id: string, size: number): void {
    this.#charge()
    this.#running.set(id, { size, used: 0, since: this.#at })
  }

  end(id: string, outcome: WorkOutcome): void {
    this.#charge()
    const work = this.#running.get(id)
    this.#running.delete(id)
    if (!work || outcome === 'void') return
    const { size: x, used, since } = work
    const y = outcome === 'done' ? used : Math.max(used * CUT_OFF, this.estimate(x) ?? 0)
    const { n, x: sx, y: sy, xx, xy } = this.#sums
    const add = (sum: number, value: number): number => sum * MEMORY + value
    this.#sums = { n: add(n, 1), x: add(sx, x), y: add(sy, y), xx: add(xx, x * x), xy: add(xy, x * y) }
    this.#largest = Math.max(this.#largest, x)
    this.#measuredAt = this.#at
    if (outcome === 'late') return
    this.#done++
    const took = this.#at - since
    const isAlone = took < used * ALONE
    const known = this.#quickest.get(digits(x))
    const wasAlone = isAlone || (known?.wasAlone ?? false)
    // What shared the machine with others might have been quicker alone.
    if (isAlone || took < (known?.took ?? Number.POSITIVE_INFINITY)) this.#quickest.set(digits(x), { took, wasAlone })
  }

  /** Whether anything was measured; until then an estimate is a guess. */
  get isMeasured(): boolean {
    return this.#largest > 0
  }

  /** Whether so little was done yet that all of it may have taken longer than what is to come. */
  get isNew(): boolean {
    return this.#done < FIRST
  }

  /** Milliseconds of the whole machine that work of a size takes; undefined where only much smaller work was measured. */
  estimate(size: number): number | undefined {
    if (this.#largest === 0) return GUESS_MS.once + GUESS_MS.each * size
    if (size > this.#largest * REACH) return undefined
    const { each, once } = lineThrough(this.#sums)
    return (once + each * size) * this.#freshness
  }

  /**
   * Milliseconds that work of about this size takes at least, however much of the machine it has; 0 while that is not known.
   * `isCertain` where some of it had the machine nearly to itself: otherwise it may be quicker than anybody has seen.
   */
  leastTime(size: number): { ms: number; isCertain: boolean } {
    const known = this.#quickest.get(digits(size))
    return { ms: (known?.took ?? 0) * this.#freshness, isCertain: known?.wasAlone ?? true }
  }

  get #freshness(): number {
    return 0.5 ** ((this.#now() - this.#measuredAt) / HALF_LIFE_MS)
  }

  #charge(): void {
    const now = this.#now()
    const share = (now - this.#at) / Math.max(1, this.#running.size)
    for (const work of this.#running.values()) work.used += share
    this.#at = now
  }
}

function digits(size: number): number {
  return Math.ceil(Math.log2(Math.max(size, 1)))
}

/** The line nearest to all points of which neither coefficient is below 0. */
function lineThrough({ n, x, y, xx, xy }: { n: number; x: number; y: number; xx: number; xy: number }) {
  const spread = n * xx - x * x
  if (spread <= 1e-6 * n * xx) return { each: x === 0 ? 0 : y / x, once: x === 0 ? y / n : 0 }
  const each = (n * xy - x * y) / spread
  if (each < 0) return { each: 0, once: y / n }
  const once = (y - each * x) / n
  return once < 0 ? { each: xy / xx, once: 0 } : { each, once }
}
