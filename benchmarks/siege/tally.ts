/** What an attack has met so far. */
export interface AttackCount {
  /** Single acts: a transaction, a request, a connection. */
  tried: number
  /** How many of them met which answer. */
  met: Record<string, number>
  /** What must never happen, and how often it did. */
  breaches: Record<string, number>
}

/** Different answers that are told apart; what comes after them is counted as "other". */
const MAX_ANSWERS = 60

/** Counts what an attack tries and meets. It does not grow with the length of the siege. */
export class Tally {
  readonly count: AttackCount = { tried: 0, met: {}, breaches: {} }

  /** One act and its answer. */
  met(answer: string): void {
    this.count.tried++
    add(this.count.met, answer)
  }

  /** Something that a stranger must not be able to do was done. */
  breach(what: string): void {
    add(this.count.breaches, what)
  }
}

function add(counts: Record<string, number>, text: string): void {
  const key = text in counts || Object.keys(counts).length < MAX_ANSWERS ? text.slice(0, 160) : 'other'
  counts[key] = (counts[key] ?? 0) + 1
}
