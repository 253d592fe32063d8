import type { ArchiveBudget } from './archive-budget.js'

/** What opens an archive, with all in it. */
export interface Opening {
  /** What is left of the limits. */
  budget: ArchiveBudget
  /** Passwords that are tried, in this order. */
  passwords: readonly string[]
}
