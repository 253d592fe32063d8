import {
  type ArtifactMask,
  bloomOf,
  formatNct,
  type Guid,
  type MarketEvent,
  maskFromBooleans,
  voteEnd,
} from '@polyswarm/protocol'
import { ArtifactSource } from '../download/artifact-source.js'
import { BackendError, ParticipantSetupError } from '../errors.js'
import { examine } from '../examiner/examine.js'
import { artifactMetadata } from '../runtime/journal/artifact-metadata.js'
import type { BountyAnnouncement } from '../runtime/journal/bounty-book.js'
import type { BountyStanding } from '../runtime/journal/bounty-standing.js'
import type { KnownBounty, ParticipantContext, Role } from '../runtime/roles/role.js'
import type { TruthSource } from './truth-source.js'

/** How an arbiter takes part. */
export interface ArbiterRoleOptions {
  truth: TruthSource
  /** Largest artifact that is fetched, in bytes. */
  maxArtifactSize: number
  /** Stop after so many settled bounties; 0 for never. */
  settleCount?: number
}

/** Duties that belong to no bounty are kept under no guid. */
const NO_BOUNTY = '' as Guid
const STAKE_ATTEMPTS = 4
/** Artifacts of unknown truth that the reason for no vote names. */
const MOST_NAMED = 5

/**
 * What an arbiter does about bounties: it fetches the artifacts, asks its truth source about each, and writes its vote down.
 * Where the source does not know one of them there is no vote: a guess would be paid like knowledge.
 */
export class ArbiterRole implements Role {
  readonly name = 'arbiter'
  readonly mustDecide = true
  readonly #options: ArbiterRoleOptions
  #context: ParticipantContext | undefined
  #windows = 0
  #staked = false
  #withdrawn = false
  #settledBefore = 0

  constructor(options: ArbiterRoleOptions) {
    this.#options = options
  }

  async setup(context: ParticipantContext, signal: AbortSignal): Promise<void> {
    this.#context = context
    this.#settledBefore = context.journal.bounties.settledCount()
    const { truth } = this.#options
    await truth.setup().catch((cause: Error) => {
      throw new BackendError({ backend: truth.name, reason: cause.message, cause })
    })
    const parameters = await context.client.bountyParameters(signal)
    this.#windows = parameters.assertion_reveal_window + parameters.arbiter_vote_window
    context.journal.longestBounty = parameters.max_duration + this.#windows
    await this.#checkFunds(signal)
  }

  async teardown(): Promise<void> {
    await this.#options.truth.teardown()
  }

  async waitForEvent(next: () => Promise<MarketEvent | undefined>): Promise<MarketEvent | undefined> {
    return next()
  }

  wants({ expiration }: BountyAnnouncement, head: number): boolean {
    return expiration + this.#windows > head
  }

  decideBy({ windows, expiration }: Pick<BountyStanding, 'expiration' | 'windows'>): number {
    // Until its terms are known, those of a bounty that is posted now stand for them.
    return (windows ? voteEnd({ ...windows, expiration }) : expiration + this.#windows) - 2
  }

  workload({ numArtifacts }: BountyStanding): number {
    return numArtifacts
  }

  async decide(bounty: KnownBounty, signal: AbortSignal): Promise<boolean> {
    const { client, journal, logger } = this.#ready
    const { guid } = bounty
    const { numArtifacts } = bounty.terms
    const maxBytes = this.#options.maxArtifactSize
    const source = await ArtifactSource.open(client, { uri: bounty.uri, numArtifacts, maxBytes }, signal)
    const votes = await this.#judgeAll(bounty, source, signal)
    source.verify()
    if (typeof votes === 'string') {
      journal.bounties.decide(guid, 'abstain', votes)
      logger.warn({ guid, reason: votes }, 'no vote')
      return true
    }
    const posted = await client.bloom(guid, signal)
    const validBloom = bloomOf(source.addresses).every((word, index) => word === posted[index])
    if (!validBloom) logger.warn({ guid }, 'the bounty was posted with a bloom filter of other artifacts')
    journal.write(() => {
      journal.bounties.planVote({ guid, votes, validBloom })
      journal.bounties.decide(guid, 'vote', `${numArtifacts} artifacts judged`)
    })
    logger.info({ guid, artifacts: numArtifacts }, 'going to vote')
    return true
  }

  async work(head: number, signal: AbortSignal): Promise<void> {
    const { stakeFreeAt } = this.#ready.journal
    if (stakeFreeAt) return this.#withdraw(stakeFreeAt.head, head, signal)
    if (this.#staked) return
    const { client, journal, logger, request } = this.#ready
    const [{ minimum_stake: minimum }, staked] = await Promise.all([
      client.stakingParameters(signal),
      client.balance('staking/total', signal),
    ])
    if (staked >= minimum) {
      this.#staked = true
      logger.info({ stake: formatNct(staked) }, 'staked')
      return
    }
    const last = journal.outbox.lastAttempt(NO_BOUNTY, 'stake')
    const { attempts, lastHead } = journal.duties.get(NO_BOUNTY, 'stake')
    if (last.state === 'failed' && attempts >= STAKE_ATTEMPTS && head > lastHead) {
      throw new ParticipantSetupError({
        reason: `The stake cannot be deposited (${last.reason}): is this account an arbiter?`,
      })
    }
    request(NO_BOUNTY, 'stake')
  }

  /** Once no bounty can need its vote any more. What is not withdrawable yet is asked for again with a later block. */
  async #withdraw(freeAt: number, head: number, signal: AbortSignal): Promise<void> {
    const { client, logger, request } = this.#ready
    if (this.#withdrawn || head <= freeAt) return
    if ((await client.balance('staking/total', signal)) === 0n) {
      this.#withdrawn = true
      logger.info('stake withdrawn')
      return
    }
    request(NO_BOUNTY, 'withdraw-stake')
  }

  finished(): boolean {
    const { settleCount = 0 } = this.#options
    const settled = this.#ready.journal.bounties.settledCount() - this.#settledBefore
    return settleCount > 0 && settled >= settleCount
  }

  get #ready(): ParticipantContext {
    if (!this.#context) throw new TypeError('The role is not set up.')
    return this.#context
  }

  async #checkFunds(signal: AbortSignal): Promise<void> {
    const { client } = this.#ready
    const [{ minimum_stake: minimum }, staked, balance] = await Promise.all([
      client.stakingParameters(signal),
      client.balance('staking/total', signal),
      client.balance('nct', signal),
    ])
    if (staked + balance >= minimum) return
    throw new ParticipantSetupError({
      reason:
        `An arbiter must stake ${formatNct(minimum)} NCT: this account has staked ${formatNct(staked)} ` +
        `and has ${formatNct(balance)}. Send it what is missing.`,
    })
  }

  /** @returns the votes, or the reason why there are none. Every artifact is fetched either way: see `source.verify`. */
  async #judgeAll(bounty: KnownBounty, source: ArtifactSource, signal: AbortSignal): Promise<ArtifactMask | string> {
    const truths: boolean[] = []
    const unknown: string[] = []
    const { artifactType } = bounty
    for (let index = 0; index < bounty.terms.numArtifacts; index++) {
      const content = await source.fetch(index, signal)
      // There will be no vote any more; this many are named.
      if (unknown.length === MOST_NAMED) continue
      const sha256 = await examine('sha256', content, signal)
      const metadata = artifactMetadata(bounty, index)
      const truth = await this.#options.truth.judge({ content, sha256, artifactType, metadata, signal })
      if (truth === undefined) unknown.push(`${index} (sha256 ${sha256})`)
      truths.push(truth === 'malicious')
    }
    if (unknown.length === 0) return maskFromBooleans(truths)
    return `${this.#options.truth.name} does not know the truth about artifact ${unknown.join(', ')}`
  }
}
