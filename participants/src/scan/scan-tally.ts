import type { Outcome } from '@polyswarm/protocol'
import type { ScannedArtifact } from './local-scan.js'

/** How often each outcome was there, members of archives left out. */
export class ScanTally {
  readonly #outcomes = new Map<Outcome, number>()
  #malicious = false
  #open = false

  add({ finding, members = [] }: ScannedArtifact): void {
    this.#outcomes.set(finding.outcome, (this.#outcomes.get(finding.outcome) ?? 0) + 1)
    for (const { outcome } of [finding, ...members.map((member) => member.finding)]) {
      if (outcome === 'malicious') this.#malicious = true
      else if (outcome !== 'benign') this.#open = true
    }
  }

  /** Artifacts in all. */
  get count(): number {
    return this.#outcomes.values().reduce((sum, count) => sum + count, 0)
  }

  /** 1 where something is malicious, 0 where everything is benign, members included; else 2. */
  get status(): 0 | 1 | 2 {
    if (this.#malicious) return 1
    return this.#open || this.count === 0 ? 2 : 0
  }

  /** Such as `3 artifacts: 2 benign, 1 malicious`. */
  get text(): string {
    const { count } = this
    const parts = [...this.#outcomes].map(([outcome, number]) => `${number} ${outcome}`).sort()
    return `${count} artifact${count === 1 ? '' : 's'}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`
  }
}
