import type { Guid } from '@polyswarm/protocol'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import type { Terms } from './bounty-book.js'
import type { Journal } from './journal.js'

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
    const terms = await this.#client.bountyTerms(guid, signal)
    this.#journal.bounties.setTerms(guid, terms)
    return {
      numArtifacts: terms.num_artifacts,
      bountyFee: terms.bounty_fee,
      assertionFee: terms.assertion_fee,
      assertionRevealWindow: terms.assertion_reveal_window,
      arbiterVoteWindow: terms.arbiter_vote_window,
    }
  }
}
