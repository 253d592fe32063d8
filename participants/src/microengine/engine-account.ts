import type { MarketEvent } from '@polyswarm/protocol'
import { PerBlockCache } from '../runtime/per-block-cache.js'
import type { ParticipantContext } from '../runtime/role.js'

type Parameters = Awaited<ReturnType<ParticipantContext['client']['bountyParameters']>>

/** What an engine has and what the market allows, asked for no more often than it can change. */
export class EngineAccount {
  readonly #context: ParticipantContext
  readonly #balance: PerBlockCache<{ amount: bigint; block: number }>
  readonly #parameters: PerBlockCache<Parameters>

  constructor(context: ParticipantContext) {
    const { client } = context
    this.#context = context
    this.#balance = new PerBlockCache(async (block) => ({ amount: await client.balance('nct'), block }))
    this.#parameters = new PerBlockCache(() => client.bountyParameters())
  }

  /**
   * NCT that is neither spent nor promised, in base units; below 0 where more was promised than is there.
   *
   * The balance is that of a block, `block` or a later one. From it goes all that is promised and that the chain had not
   * taken by that block: counted after the answer has come, so that what follows without waiting can promise what is left.
   *
   * @throws GatewayUnavailableError, GatewayAnswerError.
   */
  async free(block: number): Promise<bigint> {
    const balance = await this.#balance.at(block)
    return balance.amount - this.#context.journal.bounties.promised(balance.block)
  }

  /** Limits of bids; they stay until an event says that the market has changed. */
  parameters(): Promise<Parameters> {
    return this.#parameters.at(0)
  }

  /** What happened on the market may have made what is known wrong. */
  notice({ event }: MarketEvent): void {
    const again = event === 'reorg' || event === 'connected'
    if (again) this.#balance.drop()
    if (again || event === 'fee_update' || event === 'window_update') this.#parameters.drop()
  }
}
