import { type Accuracy, accuracyResult } from '@polyswarm/protocol/consumer'
import type { ServiceRequests } from './service-requests.js'

/** Whose accuracy, in which days: from the first to the one before `date_end`. */
interface AccuracyQuestion {
  /** Address of the account. */
  engine_id: string
  date_start: string
  date_end: string
}

/** The routes of the API about how right engines and arbiters were. */
export class AccuracyRequests {
  readonly #requests: ServiceRequests

  constructor(requests: ServiceRequests) {
    this.#requests = requests
  }

  /** @param of verdicts of an engine, or votes of an arbiter. */
  ask(of: 'assertions' | 'votes', body: AccuracyQuestion): Promise<Accuracy> {
    return this.#requests.one(accuracyResult, { method: 'POST', path: `/consumer/${of}-job`, body })
  }
}
