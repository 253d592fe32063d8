import { hasBit } from '@polyswarm/protocol'
import type { JudgedBounty } from './engine-sample.js'

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
