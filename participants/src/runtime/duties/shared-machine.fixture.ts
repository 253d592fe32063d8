import type { Work } from './admission.ts'
import { Admission } from './admission.ts'

/** What is offered to a machine, and what it can do. */
export interface Load {
  /** When each piece of work comes, in milliseconds, and what it is; in order. */
  arrivals: readonly { at: number; size: number; window: number }[]
  /** Milliseconds of the machine that a piece of work takes, where it has the machine to itself. */
  cost: (size: number) => number
  /** Milliseconds that it takes however much of the machine it has, such as a service that answers slowly. */
  latency?: number
  /** What part of its speed the machine has at a time; 1 by default. */
  speed?: (at: number) => number
  /** Works that are under way at the same time at most. */
  workers?: number
  /** Whether all is taken on that there is a worker for. */
  greedy?: boolean
}

/** What became of it. */
export interface Outcome {
  /** Units that were finished in time. */
  goodput: number
  finished: { at: number; size: number }[]
  /** Works that were taken on and not finished in time. */
  late: number[]
  refused: number
}

const STEP = 10

/**
 * A machine that works evenly on all that it has taken on, and gives up what is late. Of what waits, the newest is looked
 * at first.
 */
export function simulate({ arrivals, cost, latency = 0, speed = () => 1, workers = 8, greedy = false }: Load): Outcome {
  let now = 0
  const admission = new Admission(() => now)
  /** In the order in which they came. */
  const waiting: Work[] = []
  const running = new Map<string, Work & { left: number; from: number }>()
  const outcome: Outcome = { goodput: 0, finished: [], late: [], refused: 0 }
  const admit = (work: Work): 'now' | 'later' | 'hopeless' => {
    if (!greedy) return admission.admit(work).answer
    admission.begin(work)
    return 'now'
  }
  let next = 0
  for (; next < arrivals.length || waiting.length > 0 || running.size > 0; now += STEP) {
    for (let one = arrivals[next]; one && one.at <= now; one = arrivals[++next]) {
      waiting.push({ id: `${next}`, size: one.size, deadline: one.at + one.window })
    }
    while (waiting[0] && waiting[0].deadline <= now) {
      waiting.shift()
      outcome.refused++
    }
    for (let work = waiting.at(-1); work && running.size < workers; work = waiting.at(-1)) {
      const answer = admit(work)
      if (answer === 'later') break
      waiting.pop()
      if (answer === 'now') running.set(work.id, { ...work, left: cost(work.size), from: now })
      else outcome.refused++
    }
    const share = (STEP * speed(now)) / Math.max(1, running.size)
    for (const work of running.values()) {
      work.left -= share
      const isDone = work.left <= 0 && now + STEP - work.from >= latency
      if (!isDone && now + STEP < work.deadline) continue
      running.delete(work.id)
      admission.end(work.id, isDone ? 'done' : 'late')
      if (isDone) {
        outcome.goodput += work.size
        outcome.finished.push({ at: now + STEP, size: work.size })
      } else outcome.late.push(now + STEP)
    }
  }
  return outcome
}
