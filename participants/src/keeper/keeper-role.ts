import type { MarketEvent } from '@polyswarm/protocol'
import type { ParticipantContext, Role } from '../runtime/role.js'
import { KeeperDesk, type KeeperDeskOptions } from './keeper-desk.js'

/** A participant that takes no part: it brings onto the chain what is due to others, and earns nothing by it. */
export class KeeperRole implements Role {
  readonly name = 'keeper'
  readonly mustDecide = false
  readonly #options: KeeperDeskOptions
  #desk: KeeperDesk | undefined

  constructor(options: KeeperDeskOptions) {
    this.#options = options
  }

  async setup(context: ParticipantContext): Promise<void> {
    this.#desk = new KeeperDesk(context, this.#options)
  }

  async teardown(): Promise<void> {}

  async waitForEvent(next: () => Promise<MarketEvent | undefined>): Promise<MarketEvent | undefined> {
    return next()
  }

  wants(): boolean {
    return false
  }

  decideBy(): number {
    return Number.POSITIVE_INFINITY
  }

  workload(): number {
    return 0
  }

  async decide(): Promise<boolean> {
    return false
  }

  async work(head: number, signal: AbortSignal): Promise<void> {
    await this.#desk?.work(head, signal)
  }

  finished(): boolean {
    return false
  }
}
