import { WorkMeter, type WorkOutcome } from './work-meter.js'

/** A piece of work that could be taken on. */
export interface Work {
  id: string
  /** How much there is to do, in units such as artifacts. */
  size: number
  /** When it has to be finished, in milliseconds since some fixed point. */
  deadline: number
}

/** Whether work is taken on now, is to wait for its turn, or cannot be finished in time even alone; and why. */
export type Admittance = { answer: 'now' } | { answer: 'later' | 'hopeless'; reason: string }

/** Estimates are off, and a deadline that is met by a hair is not met. */
const MARGIN = 1.2
/** The time that work gets while its deadline cannot be told. */
const UNKNOWN_MS = 2_000
/** What is taken to last more than this many times the time that there is, is not even tried. */
const BEYOND_HOPE = 4
/** After a trial that went wrong, so many others are finished or given up before the next at most. */
const MOST_BETWEEN_TRIALS = 64

/**
 * Decides what is taken on: what, by all that was measured, can be finished before its deadline beside what was taken on
 * already, without making any of that late. More that is asked for never makes less be finished.
 *
 * Nothing it has learned holds for ever. Where nothing is under way, work is taken on, also where it took too long beside
 * others; an estimate that nothing confirms fades, so that what was slow is tried again; beside what fits one more is tried,
 * as only that shows whether a machine can do more at a time; and so is what seems hopeless, while there is nothing else to do
 * and little was done yet, as all has to be loaded for what comes first. Where such a trial makes something late, the next
 * waits twice as long.
 */
export class Admission {
  readonly #now: () => number
  readonly #meter: WorkMeter
  readonly #deadlines = new Map<string, number>()
  #trial: string | undefined
  #isSpoiled = false
  #sinceTrial = 0
  #between = 1

  /** @param now milliseconds since some fixed point. */
  constructor(now: () => number) {
    this.#now = now
    this.#meter = new WorkMeter(now)
  }

  /** How much is under way. */
  get load(): { count: number; size: number } {
    const running = [...this.#meter.running.values()]
    return { count: running.length, size: running.reduce((sum, { size }) => sum + size, 0) }
  }

  /** Judges work. What is to be done now has begun. */
  admit(work: Work): Admittance {
    const own = this.#meter.estimate(work.size)
    const left = work.deadline - this.#now()
    const least = this.#meter.leastTime(work.size)
    const alone = Math.max(own ?? 0, least.ms)
    // A guess is no reason to give anything up.
    const isTooLong = this.#meter.isMeasured && alone * MARGIN > left
    const isHopeless = isTooLong && (least.isCertain || (own ?? 0) * MARGIN > left)
    const isWorthTrying = this.#meter.isNew && this.load.count === 0 && alone < left * BEYOND_HOPE
    if (isHopeless && !(isWorthTrying && this.#mayTry())) {
      this.#sinceTrial++
      return { answer: 'hopeless', reason: `${this.#sentence(alone)}, and there are ${seconds(left)}` }
    }
    const isTried = isHopeless || (this.load.count > 0 && (isTooLong || !this.#fits(own, work.deadline)))
    if (isTried) {
      if (!this.#mayTry()) return { answer: 'later', reason: this.reasonToWait(own) }
      this.#trial = work.id
      this.#isSpoiled = false
    }
    this.begin(work)
    return { answer: 'now' }
  }

  /** Takes work on, whatever it costs. */
  begin({ id, size, deadline }: Work): void {
    this.#meter.begin(id, size)
    this.#deadlines.set(id, deadline)
  }

  /** Work is over. */
  end(id: string, outcome: WorkOutcome): void {
    this.#meter.end(id, outcome)
    this.#deadlines.delete(id)
    this.#isSpoiled ||= outcome === 'late'
    this.#sinceTrial++
    if (id !== this.#trial) return
    this.#trial = undefined
    this.#sinceTrial = 0
    const next = this.#isSpoiled ? this.#between * 2 : this.#between / 2
    this.#between = Math.min(Math.max(next, 1), MOST_BETWEEN_TRIALS)
  }

  /** Why something that has to wait does, in words that can follow a colon. */
  reasonToWait(own?: number): string {
    const { count, size } = this.load
    return `${this.#sentence(own)} behind ${count} bounties with ${size} artifacts`
  }

  #sentence(own: number | undefined): string {
    return own === undefined ? 'it would be judged' : `judging it takes ${seconds(own)}`
  }

  #mayTry(): boolean {
    return this.#trial === undefined && this.#sinceTrial >= this.#between
  }

  /** Whether all that is under way and would be in time still is beside another, and the other too. */
  #fits(own: number | undefined, deadline: number): boolean {
    if (own === undefined) return false
    const now = this.#now()
    const running = [...this.#meter.running].map(([id, { size, used }]) => ({
      // What takes longer than was thought may take a while yet.
      left: Math.max((this.#meter.estimate(size) ?? own) - used, used / 4),
      deadline: this.#deadlines.get(id) ?? Number.POSITIVE_INFINITY,
    }))
    // Before it is known how fast blocks come, little is begun at a time.
    const other = { left: own, deadline: deadline === Number.POSITIVE_INFINITY ? now + UNKNOWN_MS : deadline }
    return [...running, other].every((each) => {
      const isInTime = (all: readonly { left: number }[]): boolean => now + finish(each, all) * MARGIN <= each.deadline
      return isInTime([...running, other]) || (each !== other && !isInTime(running))
    })
  }
}

/** When work is finished among others that share a machine evenly: by then each has had as much, or all that it needs. */
function finish({ left }: { left: number }, all: readonly { left: number }[]): number {
  return all.reduce((sum, other) => sum + Math.min(left, other.left), 0)
}

function seconds(milliseconds: number): string {
  return `${(Math.max(milliseconds, 0) / 1000).toFixed(1)} s`
}
