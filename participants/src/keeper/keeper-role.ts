import type { MarketEvent } from '@polyswarm/protocol'
import type { ParticipantContext } from '../runtime/roles/role.js'
import { UndecidingRole } from '../runtime/roles/undeciding-role.js'
import { Batcher, type BatcherOptions } from './batcher.js'

/** A participant that takes no part: it brings onto the chain what is due to others, and earns nothing by it. */
export class KeeperRole extends UndecidingRole {
  readonly name = 'keeper'
  readonly #options: BatcherOptions
  #desk: Batcher | undefined

  constructor(options: BatcherOptions) {
    super()
    this.#options = options
  }

  async setup(context: ParticipantContext): Promise<void> {
    this.#desk = new Batcher(context, this.#options)
  }

  override notice(event: MarketEvent): void {
    this.#desk?.notice(event)
  }

  async work(head: number, signal: AbortSignal): Promise<void> {
    await this.#desk?.work(head, signal)
  }

  finished(): boolean {
    return false
  }
}
