import { type Guid, maskFromBooleans } from '@polyswarm/protocol'
import { isUnusable } from '../client/passing-error.js'
import { GatewayRefusedError } from '../errors.js'
import type { Metrics } from '../runtime/reports/metrics.js'
import type { ParticipantContext } from '../runtime/roles/role.js'
import { compareVotes } from './vote-comparison.js'

/** Bounties that are compared for each block: after a long time away the rest waits. */
const AT_A_TIME = 8
/** Blocks until a bounty is looked at again that is not settled yet. */
const UNTIL_SETTLED = 16

/** Learns from votes that are over: what was settled on each file, how often others agreed, and what was earned. */
export class VoteLearner {
  readonly #context: ParticipantContext
  readonly #metrics: Metrics | undefined

  constructor(context: ParticipantContext, metrics?: Metrics) {
    this.#context = context
    this.#metrics = metrics
  }

  /** @throws retryable errors. */
  async work(head: number, signal: AbortSignal): Promise<void> {
    const { judgements } = this.#context.journal
    for (const guid of judgements.toCompare(head, AT_A_TIME)) await this.#learn(guid, head, signal)
  }

  async #learn(guid: Guid, head: number, signal: AbortSignal): Promise<void> {
    const { client, journal, account, logger } = this.#context
    const { judgements, bounties } = journal
    const bounty = bounties.get(guid)
    try {
      if (bounties.vote(guid)?.cast && bounty && !bounty.settled) {
        judgements.compareLater(guid, head + UNTIL_SETTLED)
        return
      }
      const [votes, settlements] = await Promise.all([client.votes(guid, signal), client.settlements(guid, signal)])
      const earned = settlements.find(({ settler }) => settler === account)?.payout ?? 0n
      const numArtifacts = bounty?.terms?.numArtifacts ?? 0
      const cast = votes.map(({ voter, votes: bits }) => ({ voter, votes: maskFromBooleans(bits) }))
      const comparison = compareVotes(cast, { account, numArtifacts, earned })
      journal.write(() => judgements.compared(guid, comparison, head))
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
}
