import type { Guid } from '@polyswarm/protocol'
import TinyQueue from 'tinyqueue'
import type { ActionKind } from '../market/market-action.js'

/**
 * What is queued: a duty of the market, a decision on a bounty, asking for a bounty's terms, or comparing what is known of it
 * with the chain.
 */
export type DutyKind = ActionKind | 'decide' | 'terms' | 'compare'

/** Which workers do it: those for what costs a stake where it comes late, for decisions, for comparisons, or for all else. */
export type Lane = 'deadline' | 'ordinary' | 'decision' | 'comparison'

/** One thing to do, mostly about one bounty. */
export interface QueuedDuty {
  /** Null where it is about none, such as a stake. */
  guid: Guid | null
  kind: DutyKind
  /** It can be begun once the newest block is this one or later. */
  from: number
  /** Of those that can be begun, the one with the lowest block goes first. */
  by: number
  /** The last block at which it can be begun; where it is left out, there is none. */
  until?: number
}

const LANES: Partial<Record<DutyKind, Lane>> = {
  reveal: 'deadline',
  vote: 'deadline',
  decide: 'decision',
  compare: 'comparison',
}

/** An assertion that comes late costs nothing; a reveal or a vote costs money that is already promised. */
export function laneOf(kind: DutyKind): Lane {
  return LANES[kind] ?? 'ordinary'
}

/** Names a duty; there is one entry for each name. */
export function nameOf({ guid, kind }: Pick<QueuedDuty, 'guid' | 'kind'>): string {
  return `${kind} ${guid}`
}

/**
 * What is to be done, by when it can be begun and what is due first. What a block costs depends on what becomes due with
 * it, not on how much is queued.
 */
export class DutyQueue {
  readonly #entries = new Map<string, QueuedDuty>()
  readonly #early = new TinyQueue<QueuedDuty>([], (a, b) => a.from - b.from)
  readonly #due: Record<Lane, TinyQueue<QueuedDuty>> = {
    deadline: newLane(),
    ordinary: newLane(),
    decision: newLane(),
    comparison: newLane(),
  }
  readonly #ending = new TinyQueue<QueuedDuty>([], (a, b) => (a.until ?? 0) - (b.until ?? 0))
  #head = 0

  /** How many duties are queued. */
  get size(): number {
    return this.#entries.size
  }

  /** Queues a duty, in the place of an earlier entry for the same. */
  put(duty: QueuedDuty): void {
    this.#entries.set(nameOf(duty), duty)
    if (duty.until !== undefined) this.#ending.push(duty)
    if (duty.from <= this.#head) this.#due[laneOf(duty.kind)].push(duty)
    else this.#early.push(duty)
  }

  /** Whether a duty is queued: one that is under way is not. */
  has(duty: Pick<QueuedDuty, 'guid' | 'kind'>): boolean {
    return this.#entries.has(nameOf(duty))
  }

  /** Takes a duty out, where it is queued. */
  drop(duty: Pick<QueuedDuty, 'guid' | 'kind'>): void {
    this.#entries.delete(nameOf(duty))
  }

  /** Takes everything out, but what is of a kind that is to stay. */
  clear(stays?: DutyKind): void {
    for (const [name, { kind }] of this.#entries) if (kind !== stays) this.#entries.delete(name)
  }

  /** `head` is the newest block: what can be begun with it is due. @returns what can no longer be begun; it is taken out. */
  advance(head: number): QueuedDuty[] {
    this.#head = head
    for (let next = this.#early.peek(); next && next.from <= head; next = this.#early.peek()) {
      this.#early.pop()
      if (this.#isQueued(next)) this.#due[laneOf(next.kind)].push(next)
    }
    const ended: QueuedDuty[] = []
    for (let next = this.#ending.peek(); next && (next.until ?? 0) < head; next = this.#ending.peek()) {
      this.#ending.pop()
      if (!this.#isQueued(next)) continue
      this.take(next)
      ended.push(next)
    }
    return ended
  }

  /** The most urgent duty of a lane that is due; it stays queued. */
  peek(lane: Lane): QueuedDuty | undefined {
    const due = this.#due[lane]
    // What was dropped or queued anew leaves its old entry behind.
    for (let next = due.peek(); next && !this.#isQueued(next); next = due.peek()) due.pop()
    return due.peek()
  }

  /** Takes out just this entry: one that was queued for the same since stays. */
  take(duty: QueuedDuty): void {
    if (this.#isQueued(duty)) this.#entries.delete(nameOf(duty))
  }

  #isQueued(duty: QueuedDuty): boolean {
    return this.#entries.get(nameOf(duty)) === duty
  }
}

function newLane(): TinyQueue<QueuedDuty> {
  return new TinyQueue<QueuedDuty>([], (a, b) => a.by - b.by)
}
