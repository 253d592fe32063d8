import { setTimeout as delay } from 'node:timers/promises'
import { formatNct } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { isPassing } from '../client/passing-error.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import type { Metrics } from '../runtime/reports/metrics.js'
import type { Alerts } from './alerts.js'

/** What an account must not fall below: base units of NCT, and wei of the chain's coin. */
export interface BalanceFloors {
  nct: bigint
  coin: bigint
}

/** What a balance watch works with. */
export interface BalanceWatchOptions {
  client: Pick<PolyswarmdClient, 'chain' | 'balance' | 'quote'>
  alerts: Pick<Alerts, 'raise' | 'clear'>
  metrics: Metrics
  logger: Logger
  floors: BalanceFloors
  /** Milliseconds between two looks; 60,000 by default. */
  interval?: number
}

/**
 * Looks at an account's balances now and then, keeps the metrics of them, and raises `low_balance` and `low_gas` where they
 * are below what they should be. Where gas is free, no coin is needed.
 */
export class BalanceWatch {
  readonly #options: BalanceWatchOptions

  constructor(options: BalanceWatchOptions) {
    this.#options = options
  }

  /** Looks until the signal is aborted; what stands in the way for a while is only told. */
  async run(signal: AbortSignal): Promise<void> {
    const { logger, interval = 60_000 } = this.#options
    while (!signal.aborted) {
      try {
        await this.look(signal)
      } catch (error) {
        if (signal.aborted) return
        if (!isPassing(error)) throw error
        logger.debug({ reason: error.message }, 'could not look at the balance')
      }
      await delay(interval, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  /** Looks once. */
  async look(signal: AbortSignal): Promise<void> {
    const { client, alerts, metrics, floors } = this.#options
    const { chain } = client
    const [nct, coin, { gas_price: price }] = await Promise.all([
      client.balance('nct', signal),
      client.balance('eth', signal),
      client.quote([], signal),
    ])
    metrics.set('polyswarm_balance_nct', Number(formatNct(nct)), { chain })
    metrics.set('polyswarm_gas_balance_coins', Number(formatNct(coin)), { chain })
    const told = [
      [`low_balance_${chain}`, nct, floors.nct, 'NCT'],
      [`low_gas_${chain}`, coin, price === 0n ? 0n : floors.coin, "of the chain's coin for gas"],
    ] as const
    for (const [alert, has, floor, unit] of told) {
      const text = `The account has ${formatNct(has)} ${unit} on the ${chain} chain`
      if (has < floor) alerts.raise(alert, `${text}, less than ${formatNct(floor)}: send it some.`)
      else alerts.clear(alert, `${text} again.`)
    }
  }
}
