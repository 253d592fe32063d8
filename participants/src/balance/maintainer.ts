import { setTimeout as delay } from 'node:timers/promises'
import { formatNct } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Hex } from 'viem'
import type { MoneyDesk } from '../account/money-desk.js'
import type { Alerts } from '../alerts/alerts.js'
import { isPassing } from '../client/passing-error.js'
import { InsufficientFundsError, MoneyMoveError } from '../errors.js'
import type { Journal } from '../runtime/journal/journal.js'
import { type BridgeEnd, cross } from './crossing.js'
import { type MaintenancePlan, maintenanceStep } from './maintenance-step.js'

/** An end of the bridge with its memory of what was sent. */
export interface MaintainedEnd extends BridgeEnd {
  desk: Pick<MoneyDesk, 'carryOut' | 'tend' | 'forget'>
  journal: Journal
}

/** What a maintainer works with. */
export interface MaintainerOptions {
  home: MaintainedEnd
  side: MaintainedEnd
  plan: MaintenancePlan
  /** Blocks that must stand on a transfer, on the chain that it left, before the next is made. */
  confirmations: number
  logger: Logger
  alerts: Pick<Alerts, 'raise' | 'clear'>
  /** Milliseconds between two looks; 1,000 by default. */
  interval?: number
}

/** Blocks after which a transfer that was not paid is late; the verifiers wait for confirmations of their own. */
const LATE = 100

/** Milliseconds between two tries while something is in the way, at most. */
const LONGEST_PAUSE = 30_000

/**
 * Keeps the balance on the side chain between limits, with one transfer on its way at a time. Which one that is follows from
 * the journals, and whether it has arrived from the relay that pays it: a maintainer that is killed anywhere and started again
 * sends nothing twice. A transfer that the verifiers do not pay is told and waited for, however long: sending more after it
 * would only lose more.
 */
export class Maintainer {
  readonly #options: MaintainerOptions
  /** Transfers that were paid: they need not be asked about again. */
  readonly #arrived = new Set<Hex>()

  constructor(options: MaintainerOptions) {
    this.#options = options
  }

  /**
   * Works until the signal is aborted, or so many transfers have arrived.
   *
   * @throws what is not passing, such as MarketMismatchError.
   */
  async run(signal: AbortSignal, { transfers = Number.POSITIVE_INFINITY } = {}): Promise<void> {
    const { logger, interval = 1_000 } = this.#options
    let pause = interval
    let made = 0
    while (!signal.aborted) {
      try {
        const { moved, resting } = await this.round(signal, made < transfers)
        if (moved) made++
        if (made >= transfers && resting) return
        pause = interval
      } catch (error) {
        signal.throwIfAborted()
        // A chain that goes on meanwhile may have taken what was there a moment ago.
        if (!isPassing(error) && !(error instanceof MoneyMoveError)) throw error
        logger.warn({ reason: error.message }, 'will try again')
        pause = Math.min(2 * pause, LONGEST_PAUSE)
      }
      await delay(pause, undefined, { signal }).catch(() => undefined)
    }
  }

  /**
   * Looks once, and does what is due.
   *
   * @param mayMove whether it may make another transfer.
   * @returns whether it has made one, and whether none is on its way.
   */
  async round(signal: AbortSignal, mayMove = true): Promise<{ moved: boolean; resting: boolean }> {
    const { home, side, plan, logger, alerts } = this.#options
    const both = [
      [home, side],
      [side, home],
    ] as const
    const onWay = await Promise.all(both.map(([from, to]) => this.#isOnWay(from, to, signal)))
    if (onWay.includes(true)) return { moved: false, resting: false }
    const balances = await this.#balances(signal)
    const step = maintenanceStep(plan, balances)
    if (step.kind !== 'short') alerts.clear('home_balance_short')
    if (step.kind !== 'worthless') alerts.clear('deposit_worthless')
    if (step.kind === 'short') {
      const { message } = new InsufficientFundsError({ purpose: 'A deposit', ...step })
      alerts.raise('home_balance_short', message)
    } else if (step.kind === 'worthless') {
      const text = `A deposit of ${formatNct(step.amount)} NCT is not more than its fee, ${formatNct(step.fee)} NCT.`
      alerts.raise('deposit_worthless', text)
    } else if (step.kind !== 'rest' && mayMove) {
      const [from, to] = step.kind === 'deposit' ? [home, side] : [side, home]
      // What was sent before is known from the journal, and has arrived: the same once more is meant so.
      from.desk.forget()
      const { hash } = await cross({ from, to, amount: step.amount }, signal)
      logger.info({ amount: formatNct(step.amount), hash }, step.kind === 'deposit' ? 'deposited' : 'withdrawn')
      return { moved: true, resting: false }
    }
    return { moved: false, resting: true }
  }

  async #balances(signal: AbortSignal) {
    const { home, side } = this.#options
    const [atHome, atSide, depositFee, withdrawalFee] = await Promise.all([
      home.client.balance('nct', signal),
      side.client.balance('nct', signal),
      side.client.relayFees(signal),
      home.client.relayFees(signal),
    ])
    return { home: atHome, side: atSide, depositFee, withdrawalFee }
  }

  /** Whether the last transfer from one end to the other has not arrived for good. */
  async #isOnWay(from: MaintainedEnd, to: MaintainedEnd, signal: AbortSignal): Promise<boolean> {
    const { confirmations, alerts, logger } = this.#options
    const head = await from.desk.tend(signal)
    const last = from.journal.outbox.newest('send')
    if (!last) return false
    const { hash, state } = last
    const alert = `${from.client.chain === 'home' ? 'deposit' : 'withdrawal'}_late`
    if (state === 'signed') return true
    if (!this.#arrived.has(hash)) {
      if (!(await to.client.isRelayed(hash, signal))) {
        const waited = head - last.head
        const text = `The relay of the ${to.client.chain} chain has not paid transaction ${hash} for ${waited} blocks.`
        if (waited > confirmations + LATE) alerts.raise(alert, text)
        return true
      }
      this.#arrived.clear()
      this.#arrived.add(hash)
      alerts.clear(alert)
      logger.info({ hash, chain: to.client.chain }, 'arrived')
    }
    return head < last.head + confirmations
  }
}
