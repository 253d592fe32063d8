import { type ArtifactMask, type Guid, type MarketEvent, maskFromBooleans } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { isUnusable } from '../client/passing-error.js'
import { GatewayRefusedError } from '../errors.js'
import { HeardBounties } from '../runtime/reconciliation/heard-bounties.js'
import type { Metrics } from '../runtime/reports/metrics.js'
import type { ParticipantContext } from '../runtime/roles/role.js'
import { compareVotes } from './vote-comparison.js'

/** Bounties that are compared for each block: after a long time away the rest waits. */
const AT_A_TIME = 8
/** Blocks until a bounty is looked at again that is not settled yet. */
const UNTIL_SETTLED = 16

/**
 * Learns from votes that are over: what was settled on each file, how often others agreed, and what was earned. What events
 * have told of a bounty from its beginning is not asked for.
 */
export class VoteLearner {
  readonly #context: ParticipantContext
  readonly #heard = new HeardBounties()
  readonly #metrics: Metrics | undefined

  constructor(context: ParticipantContext, metrics?: Metrics) {
    this.#context = context
    this.#metrics = metrics
  }

  /** Takes in what happened on the market. */
  notice(event: MarketEvent): void {
    this.#heard.hear(event)
  }

  /** @throws retryable errors. */
  async work(head: number, signal: AbortSignal): Promise<void> {
    const { judgements } = this.#context.journal
    for (const guid of judgements.toCompare(head, AT_A_TIME)) await this.#learn(guid, head, signal)
  }

  async #learn(guid: Guid, head: number, signal: AbortSignal): Promise<void> {
    const { journal, account, logger } = this.#context
    const { judgements, bounties } = journal
    const bounty = bounties.get(guid)
    try {
      if (bounties.vote(guid)?.cast && bounty && !bounty.settled) {
        judgements.compareLater(guid, head + UNTIL_SETTLED)
        return
      }
      // Who was told of the settlement was told of all that came before it.
      const paid = bounties.payout(guid)
      const heard = paid === undefined ? undefined : this.#heard.of(guid)
      const [cast, earned] = await Promise.all([
        heard?.votes ?? this.#askVotes(guid, signal),
        paid ?? this.#askPayout(guid, signal),
      ])
      const numArtifacts = bounty?.terms?.numArtifacts ?? 0
      const comparison = compareVotes(cast, { account, numArtifacts, earned })
      journal.write(() => judgements.compared(guid, comparison, head))
      this.#heard.forget(guid)
      const { agreed, disagreed, voted } = comparison
      this.#metrics?.add('polyswarm_compared_votes_total', agreed, { others: 'agree' })
      this.#metrics?.add('polyswarm_compared_votes_total', disagreed, { others: 'disagree' })
      if (voted) logger.debug({ guid, agreed, disagreed }, 'compared with the other arbiters')
    } catch (error) {
      // polyswarmd has forgotten it, or strangers made of it what nobody can read.
      if (!(error instanceof GatewayRefusedError) && !isUnusable(error)) throw error
      journal.write(() => judgements.compared(guid, undefined, head))
    }
  }

  async #askVotes(guid: Guid, signal: AbortSignal): Promise<{ voter: Address; votes: ArtifactMask }[]> {
    const votes = await this.#context.client.votes(guid, signal)
    return votes.map(({ voter, votes: bits }) => ({ voter, votes: maskFromBooleans(bits) }))
  }

  /** @returns what this account was paid on a bounty, in base units. */
  async #askPayout(guid: Guid, signal: AbortSignal): Promise<bigint> {
    const settlements = await this.#context.client.settlements(guid, signal)
    return settlements.find(({ settler }) => settler === this.#context.account)?.payout ?? 0n
  }
}
