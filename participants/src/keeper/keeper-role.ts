import type { MarketEvent } from '@polyswarm/protocol'
import type { ParticipantContext, Role } from '../runtime/roles/role.js'
import { Batcher, type BatcherOptions } from './batcher.js'

/** A participant that takes no part: it brings onto the chain what is due to others, and earns nothing by it. */
export class KeeperRole implements Role {
  readonly name = 'keeper'
  readonly #options: BatcherOptions
  #desk: Batcher | undefined

  constructor(options: BatcherOptions) {
    this.#options = options
  }

  async setup(context: ParticipantContext): Promise<void> {
    this.#desk = new Batcher(context, this.#options)
  }

  notice(event: MarketEvent): void {
    this.#desk?.notice(event)
  }

  async work(head: number, signal: AbortSignal): Promise<void> {
    await this.#desk?.work(head, signal)
  }
}
