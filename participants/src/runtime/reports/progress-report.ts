import { formatNct } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Journal } from '../journal/journal.js'
import { removeLiveness, writeLiveness } from './liveness.js'
import type { Metrics } from './metrics.js'

/** What a report is made from, and where it goes. */
export interface ProgressReportOptions {
  journal: Journal
  metrics?: Metrics
  /** File to say in that all is well. */
  liveness?: string | undefined
  logger: Logger
}

/** Milliseconds between two reports: a little less than the second that readers count on. */
const INTERVAL = 950

/** Says once a second how a participant gets on: in its metrics, and in its liveness file. */
export class ProgressReport {
  readonly #options: ProgressReportOptions
  #reportedAt = 0

  constructor(options: ProgressReportOptions) {
    this.#options = options
  }

  /** Reports, unless it was less than a second ago. A file that cannot be written must not cost a reveal. */
  async make(head: number): Promise<void> {
    const now = Date.now()
    if (now < this.#reportedAt + INTERVAL) return
    this.#reportedAt = now
    const { journal, metrics, liveness, logger } = this.#options
    const { count: undecided, averageWait } = journal.bounties.undecided(head)
    metrics?.set('polyswarm_head_block', head)
    metrics?.set('polyswarm_undecided_bounties', undecided)
    metrics?.set('polyswarm_at_risk_nct', Number(formatNct(journal.bounties.atRisk(now).total)))
    if (liveness === undefined) return
    await writeLiveness(liveness, { at: now, head, undecided, averageWait }).catch((error: Error) =>
      logger.warn({ reason: error.message }, 'could not write the liveness file'),
    )
  }

  /** Takes the liveness file away. */
  async end(): Promise<void> {
    const { liveness } = this.#options
    if (liveness !== undefined) await removeLiveness(liveness)
  }
}
