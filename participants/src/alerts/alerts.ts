import type { Logger } from 'pino'
import type { Address } from 'viem'
import type { Metrics } from '../runtime/reports/metrics.js'

/** That something is wrong which a person has to mend, or is not any more. */
export interface AlertNotice {
  /** What is wrong, such as `low_balance`; the same name as in the metric. */
  alert: string
  /** False once it is over. */
  active: boolean
  /** One sentence for people. */
  text: string
  account: Address
  /** ISO 8601, in UTC. */
  time: string
}

/** What alerts are told with. */
export interface AlertsOptions {
  account: Address
  logger: Logger
  metrics?: Metrics | undefined
  /** Who else hears of them; must not throw. */
  tell?: ((notice: AlertNotice) => void) | undefined
}

/**
 * What is wrong that a person has to mend, told once when it begins and once when it is over: in the log, in the metric
 * `polyswarm_alerts`, and to a webhook where there is one.
 */
export class Alerts {
  readonly #options: AlertsOptions
  readonly #active = new Set<string>()

  constructor(options: AlertsOptions) {
    this.#options = options
  }

  /** Something is wrong; nothing happens while that is known. */
  raise(alert: string, text: string): void {
    if (this.#active.has(alert)) return
    this.#active.add(alert)
    this.#options.logger.warn({ alert }, text)
    this.#tell(alert, true, text)
  }

  /** It is not, or no more. */
  clear(alert: string, text = `${alert} is over.`): void {
    if (!this.#active.delete(alert)) return
    this.#options.logger.info({ alert }, text)
    this.#tell(alert, false, text)
  }

  #tell(alert: string, active: boolean, text: string): void {
    const { account, metrics, tell } = this.#options
    metrics?.set('polyswarm_alerts', active ? 1 : 0, { alert })
    tell?.({ alert, active, text, account, time: new Date().toISOString() })
  }
}
