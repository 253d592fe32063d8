import { type Guid, voteEnd } from '@polyswarm/protocol'
import type { PolyswarmdClient } from '../../client/polyswarmd-client.js'
import { GatewayRefusedError } from '../../errors.js'
import type { ToldTerms } from '../journal/bounty-book.js'
import type { Terms } from '../journal/bounty-terms.js'
import type { Journal } from '../journal/journal.js'

/** Asks for the terms of bounties and writes them down; whoever asks for those that are asked for already waits for them. */
export class TermsLookup {
  readonly #client: PolyswarmdClient
  readonly #journal: Journal
  readonly #underWay = new Map<Guid, Promise<Terms>>()

  constructor(client: PolyswarmdClient, journal: Journal) {
    this.#client = client
    this.#journal = journal
  }

  /** @throws GatewayUnavailableError, GatewayRefusedError, GatewayAnswerError. */
  learn(guid: Guid, signal: AbortSignal): Promise<Terms> {
    const known = this.#underWay.get(guid)
    if (known) return known
    const asked = this.#ask(guid, signal).finally(() => this.#underWay.delete(guid))
    this.#underWay.set(guid, asked)
    return asked
  }

  async #ask(guid: Guid, signal: AbortSignal): Promise<Terms> {
    const terms: ToldTerms = await this.#client
      .bountyTerms(guid, signal)
      .catch((error: Error) => this.#ofForgotten(guid, error, signal))
    this.#journal.bounties.setTerms(guid, terms)
    return {
      numArtifacts: terms.num_artifacts,
      bountyFee: terms.bounty_fee,
      assertionFee: terms.assertion_fee,
      assertionRevealWindow: terms.assertion_reveal_window,
      arbiterVoteWindow: terms.arbiter_vote_window,
    }
  }

  /**
   * What is known of a bounty that this account posted, and that is over for so long that polyswarmd has forgotten it before
   * this program asked: all that is left is to settle it, for which the windows of today are as good.
   *
   * @throws `error` for any other.
   */
  async #ofForgotten(guid: Guid, error: Error, signal: AbortSignal): Promise<ToldTerms> {
    const { bounties, plannedBounties, head } = this.#journal
    const [bounty, order] = [bounties.get(guid), plannedBounties.get(guid)]
    if (!(error instanceof GatewayRefusedError) || error.status !== 404 || bounty?.block == null || !order) throw error
    const { assertion_fee, assertion_reveal_window, arbiter_vote_window, bounty_fee } =
      await this.#client.bountyParameters(signal)
    const windows = { assertionRevealWindow: assertion_reveal_window, arbiterVoteWindow: arbiter_vote_window }
    if (head < voteEnd({ expiration: bounty.expiration, ...windows })) throw error
    return {
      num_artifacts: Math.max(order.addresses.length, 1),
      ...{ bounty_fee, assertion_fee, assertion_reveal_window, arbiter_vote_window, arbiter_count: 0 },
    }
  }
}
