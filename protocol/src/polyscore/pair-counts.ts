/** How far two judges go together beyond what truth and kind of file explain, on artifacts of one truth. */
export interface PairEvidence {
  /** Artifacts that both answered on. */
  cases: number
  /** Sum of the products of how far each was from what was expected of it. */
  together: number
  /** What that sum would be if they always were so together. */
  scale: number
}

const FIELDS = 6

/** Sums for all pairs of judges, by their places in the roster. */
export class PairCounts {
  #sums = new Float64Array(0)

  /** Adds what two judges did on an artifact that is malicious (1) or benign (0). */
  add([a, b]: readonly [number, number], truth: 0 | 1, { cases, together, scale }: PairEvidence): void {
    const at = this.#place(a, b) + truth * 3
    const sums = this.#sums
    sums[at] = (sums[at] ?? 0) + cases
    sums[at + 1] = (sums[at + 1] ?? 0) + together
    sums[at + 2] = (sums[at + 2] ?? 0) + scale
  }

  of(a: number, b: number, truth: 0 | 1): PairEvidence {
    const at = placeOf(a, b) + truth * 3
    const [cases = 0, together = 0, scale = 0] = this.#sums.subarray(at, at + 3)
    return { cases, together, scale }
  }

  /** Keeps a share of what is known of a pair, on artifacts of one truth. */
  fade(a: number, b: number, truth: 0 | 1, kept: number): void {
    const at = placeOf(a, b) + truth * 3
    for (let field = at; field < Math.min(at + 3, this.#sums.length); field++) {
      this.#sums[field] = (this.#sums[field] ?? 0) * kept
    }
  }

  /** Keeps a share of what is known of one and each of the first `places`. */
  keep(a: number, places: number, share: number): void {
    for (let b = 0; b < places; b++) {
      if (b === a) continue
      this.fade(a, b, 0, share)
      this.fade(a, b, 1, share)
    }
  }

  #place(a: number, b: number): number {
    const at = placeOf(a, b)
    if (at + FIELDS > this.#sums.length) {
      const more = new Float64Array(Math.max(2 * this.#sums.length, at + FIELDS))
      more.set(this.#sums)
      this.#sums = more
    }
    return at
  }
}

function placeOf(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a]
  return ((high * (high - 1)) / 2 + low) * FIELDS
}
