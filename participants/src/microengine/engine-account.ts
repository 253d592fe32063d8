import type { MarketEvent } from '@polyswarm/protocol'
import { PerBlockCache } from '../client/per-block-cache.js'
import type { ParticipantContext } from '../runtime/roles/role.js'

/**
 * Blocks for which a balance is used again. What this engine spends itself is in its journal, what it is paid can wait, and
 * what another program spends from the same account shows this late.
 */
const BLOCKS_HELD = 8

/** What an engine has, asked for no more often than it matters. */
export class EngineAccount {
  readonly #context: ParticipantContext
  readonly #balance: PerBlockCache<{ amount: bigint; block: number }>

  constructor(context: ParticipantContext) {
    const { client } = context
    this.#context = context
    this.#balance = new PerBlockCache(
      async (block) => ({ amount: await client.balance('nct'), block }),
      (from, to) => to - from <= BLOCKS_HELD,
    )
  }

  /**
   * NCT that is neither spent nor promised, in base units; below 0 where more was promised than is there.
   *
   * The balance is that of one of the last blocks. From it goes all that is promised and that the chain had not taken by that
   * block: counted after the answer has come, so that what follows without waiting can promise what is left.
   *
   * @param enough how much is wanted: where there seems to be less, the balance is that of `block`, or a later one.
   * @throws GatewayUnavailableError, GatewayAnswerError.
   */
  async free(block: number, enough: bigint): Promise<bigint> {
    const free = this.#left(await this.#balance.at(block))
    return free >= enough ? free : this.#left(await this.#balance.fresh(block))
  }

  /** What happened on the market may have made what is known wrong. */
  notice({ event }: MarketEvent): void {
    if (event === 'reorg' || event === 'connected') this.#balance.drop()
  }

  #left({ amount, block }: { amount: bigint; block: number }): bigint {
    return amount - this.#context.journal.bounties.promised(block)
  }
}
