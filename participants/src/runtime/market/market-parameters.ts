import type { MarketEvent } from '@polyswarm/protocol'
import { PerBlockCache } from '../../client/per-block-cache.js'
import type { PolyswarmdClient } from '../../client/polyswarmd-client.js'

type Parameters = Awaited<ReturnType<PolyswarmdClient['bountyParameters']>>

/** Fees, limits and windows of the market, asked for once, and again when an event says that they may have changed. */
export class MarketParameters {
  readonly #known: PerBlockCache<Parameters>

  constructor(client: PolyswarmdClient) {
    this.#known = new PerBlockCache(() => client.bountyParameters())
  }

  /** What holds for a bounty posted now. @throws GatewayUnavailableError, GatewayRefusedError, GatewayAnswerError. */
  current(): Promise<Parameters> {
    return this.#known.fresh(0)
  }

  /** Takes in what happened on the market. */
  notice({ event }: MarketEvent): void {
    const isNews = ['fee_update', 'window_update', 'reorg', 'connected', 'snapshot'].includes(event)
    if (isNews) this.#known.drop()
  }
}
