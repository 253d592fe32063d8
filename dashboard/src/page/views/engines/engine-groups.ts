import { hasBit } from '@polyswarm/protocol'
import type { JudgedAnswer } from './engine-record.js'
import type { JudgedBounty } from './engine-sample.js'

/** Some answers, and how many of them were right. */
export interface AnswerGroup {
  answers: number
  right: number
  /** The lowest and the highest bid among them. */
  lowest: bigint
  highest: bigint
}

/** Answers in so many groups of nearly the same size, in their order. */
export function inGroups(answers: readonly JudgedAnswer[], groups: number): AnswerGroup[] {
  const size = Math.ceil(answers.length / groups)
  const parts: AnswerGroup[] = []
  for (let from = 0; from < answers.length; from += size) {
    const part = answers.slice(from, from + size)
    const bids = part.map(({ bid }) => bid).sort((a, b) => (a < b ? -1 : 1))
    parts.push({
      answers: part.length,
      right: part.filter(({ right }) => right).length,
      lowest: bids[0] ?? 0n,
      highest: bids.at(-1) ?? 0n,
    })
  }
  return parts
}

/** The same by how much was bid, the least first. */
export function byBid(answers: readonly JudgedAnswer[], groups: number): AnswerGroup[] {
  return inGroups(
    answers.toSorted((a, b) => (a.bid < b.bid ? -1 : a.bid > b.bid ? 1 : 0)),
    groups,
  )
}

/** How often another engine said the same. */
export interface Companion {
  address: string
  /** Artifacts that both answered on and revealed, and those of them on which both said the same. */
  together: number
  same: number
}

/** Whom an engine goes together with: those that say the same most often first. */
export function companionsOf(sample: readonly JudgedBounty[], address: string): Companion[] {
  const found = new Map<string, Companion>()
  for (const { assertions, numArtifacts } of sample) {
    const own = assertions.find(({ author, verdicts }) => author === address && verdicts !== null)
    if (!own) continue
    for (const other of assertions) {
      if (other === own || other.verdicts === null) continue
      const companion = found.get(other.author) ?? { address: other.author, together: 0, same: 0 }
      for (let artifact = 0; artifact < numArtifacts; artifact++) {
        if (!hasBit(own.mask & other.mask, artifact)) continue
        companion.together++
        if (hasBit(own.verdicts ?? 0n, artifact) === hasBit(other.verdicts, artifact)) companion.same++
      }
      found.set(other.author, companion)
    }
  }
  return [...found.values()]
    .filter(({ together }) => together > 0)
    .sort((a, b) => b.same / b.together - a.same / a.together || b.together - a.together)
}
