import { type Guid, type MarketEvent, voteEnd } from '@polyswarm/protocol'
import { BackendError } from '../errors.js'
import type { BountyAnnouncement } from '../runtime/journal/bounty-book.js'
import type { BountyStanding } from '../runtime/journal/bounty-standing.js'
import type { JudgedBounty, Judgement } from '../runtime/journal/judgement-book.js'
import type { Metrics } from '../runtime/reports/metrics.js'
import type { Decisions, KnownBounty, ParticipantContext, Role } from '../runtime/roles/role.js'
import { ballotOf, type UnknownPolicy } from './ballot.js'
import { type ArtifactInquiry, inquire } from './bounty-inquiry.js'
import type { CaseDesk } from './cases/case-desk.js'
import { OrderedTruth } from './ordered-truth.js'
import { StakeKeeper } from './stake-keeper.js'
import type { TruthSource } from './truth-source.js'
import { decisionDeadline, lastHeadToVote } from './vote-deadline.js'
import { VoteLearner } from './vote-learner.js'

/** Filters that are remembered until their bounties are judged; of others it asks. */
const MOST_BLOOMS = 4_096

/** How an arbiter takes part. */
export interface ArbiterRoleOptions {
  /** Where it knows the truth from, in the order in which they are asked. */
  truth: OrderedTruth | TruthSource
  /** Largest artifact that is fetched, in bytes. */
  maxArtifactSize: number
  /** What becomes of bounties with artifacts that nobody knows; without it, there is no vote on them. */
  unknown?: UnknownPolicy
  /** What waits for people; needed where a source does. */
  desk?: CaseDesk | undefined
  metrics?: Metrics
  /** Stop after so many settled bounties; 0 for never. */
  settleCount?: number
}

/**
 * What an arbiter does about bounties: it fetches the artifacts, asks its truth sources about each, and writes down what they
 * know. What none of them knows waits for a person, where people decide, and what cannot be asked now is asked again; when
 * the time for that is over, or all is known, the vote is written down, or that there is none.
 */
export class ArbiterRole implements Role, Decisions {
  readonly name = 'arbiter'
  readonly decisions: Decisions = this
  readonly mustDecide = true
  readonly #options: ArbiterRoleOptions
  readonly #truth: OrderedTruth
  #context: ParticipantContext | undefined
  #stake: StakeKeeper | undefined
  #learner: VoteLearner | undefined
  /** The filters that bounties were posted with, as events told them. */
  readonly #blooms = new Map<Guid, string>()
  #windows = 0
  #settledBefore = 0

  constructor(options: ArbiterRoleOptions) {
    this.#options = options
    const { truth } = options
    this.#truth = truth instanceof OrderedTruth ? truth : new OrderedTruth([truth])
  }

  async setup(context: ParticipantContext, signal: AbortSignal): Promise<void> {
    const { metrics, desk } = this.#options
    const { journal, client } = context
    this.#context = context
    this.#stake = new StakeKeeper(context, metrics)
    this.#learner = new VoteLearner(context, metrics)
    this.#settledBefore = journal.bounties.settledCount()
    const memory = {
      settled: (sha256: string) => journal.judgements.settled(sha256),
      decided: (sha256: string) => desk?.decided(sha256),
    }
    await this.#truth.setup(memory).catch((cause: Error) => {
      throw new BackendError({ backend: this.#truth.name, reason: cause.message, cause })
    })
    const parameters = await client.bountyParameters(signal)
    this.#windows = parameters.assertion_reveal_window + parameters.arbiter_vote_window
    journal.longestBounty = parameters.max_duration + this.#windows
    await this.#stake.checkFunds(signal)
    desk?.begin(context)
  }

  async teardown(): Promise<void> {
    await this.#options.desk?.end()
    await this.#truth.teardown()
  }

  notice(event: MarketEvent): void {
    this.#learner?.notice(event)
    // Another bounty may come to have the guid of one that a re-org took back.
    if (event.event === 'reorg') this.#blooms.clear()
    if (event.event !== 'bounty' || event.data.terms?.bloom === undefined) return
    this.#blooms.set(event.data.guid, event.data.terms.bloom)
    for (const [oldest] of this.#blooms) if (this.#blooms.size > MOST_BLOOMS) this.#blooms.delete(oldest)
  }

  wants({ expiration }: BountyAnnouncement, head: number): boolean {
    return expiration + this.#windows > head
  }

  decideBy({ windows, expiration }: Pick<BountyStanding, 'expiration' | 'windows'>): number {
    // Until its terms are known, those of a bounty that is posted now stand for them.
    return windows ? lastHeadToVote({ ...windows, expiration }) : expiration + this.#windows - 2
  }

  workload({ numArtifacts }: BountyStanding): number {
    return numArtifacts
  }

  async decide(bounty: KnownBounty, signal: AbortSignal): Promise<boolean> {
    const { journal } = this.#ready
    const { guid, expiration, terms } = bounty
    const deadline = decisionDeadline({ ...terms, expiration })
    const isOver = journal.head >= deadline
    const { judged, isWork } = await this.#judge(bounty, { deadline, isOver }, signal)
    // From here to the end nothing is waited for: what people decide meanwhile is seen now, or reopens the bounty later.
    const judgements = this.#recall(guid, judged)
    const unknown = judgements.filter(({ truth }) => truth === undefined)
    const isPending = unknown.some(({ pending }) => pending)
    if (unknown.length > 0 && !isOver && (isPending || this.#truth.waitsForPeople)) {
      journal.bounties.wait(guid, isPending ? nextTry(journal.head, bounty.block ?? 0, deadline) : deadline)
      return isWork
    }
    this.#conclude(bounty, { ...judged, judgements })
    return isWork
  }

  async work(head: number, signal: AbortSignal): Promise<void> {
    await this.#options.desk?.work(head)
    await this.#stake?.work(head, signal)
    await this.#learner?.work(head, signal)
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

  /** What is known of a bounty's artifacts: from the journal, and by asking about those of which nobody could be asked. */
  async #judge(
    bounty: KnownBounty,
    { deadline, isOver }: { deadline: number; isOver: boolean },
    signal: AbortSignal,
  ): Promise<{ judged: JudgedBounty; isWork: boolean }> {
    const { client, journal, confirmations, logger } = this.#ready
    const { guid, expiration, terms } = bounty
    const stored = journal.judgements.of(guid)
    const before = stored?.judgements.length === terms.numArtifacts ? stored : undefined
    const pending = before?.judgements.filter((judgement) => judgement.pending && judgement.truth === undefined)
    if (before && (isOver || pending?.length === 0)) return { judged: before, isWork: false }
    const bloom = this.#blooms.get(guid)
    const scope = { client, truth: this.#truth, maxBytes: this.#options.maxArtifactSize, bloom }
    const wanted = pending && new Set(pending.map(({ artifact }) => artifact))
    const { inquiries, validBloom } = await inquire(scope, bounty, signal, wanted)
    this.#count(inquiries)
    const unasked = inquiries.find(({ unavailable }) => unavailable)?.unavailable
    if (unasked) logger.warn({ guid, reason: unasked.message }, 'a truth source is asked again later')
    const found = new Map(inquiries.map((inquiry) => [inquiry.artifact, judgementOf(inquiry)]))
    const judgements = [...(before?.judgements.filter(({ artifact }) => !found.has(artifact)) ?? []), ...found.values()]
    const judged = { judgements: judgements.sort((a, b) => a.artifact - b.artifact), validBloom }
    // What people are to see is there before the journal says that it waits for them.
    if (!isOver && this.#truth.waitsForPeople) this.#options.desk?.ask(bounty, inquiries, deadline)
    journal.write(() => journal.judgements.put(guid, judged, voteEnd({ ...terms, expiration }) + confirmations))
    if (before) this.#options.desk?.known(guid, [...found.values()].flatMap(artifactIfKnown))
    return { judged, isWork: true }
  }

  /** A source that needs no more than the hash may have learned of what nobody knew. */
  #recall(guid: Guid, { judgements }: JudgedBounty): Judgement[] {
    const learned: Judgement[] = []
    const all = judgements.map((judgement) => {
      const answer = judgement.truth === undefined ? this.#truth.recall(judgement.sha256) : undefined
      if (!answer) return judgement
      const known = { ...judgement, truth: answer.verdict, source: answer.source, pending: false }
      learned.push(known)
      return known
    })
    if (learned.length > 0) this.#ready.journal.write(() => this.#ready.journal.judgements.correct(guid, learned))
    const others = learned.filter(({ source }) => source !== 'manual')
    if (others.length > 0) this.#options.desk?.known(guid, others.flatMap(artifactIfKnown))
    return all
  }

  #count(inquiries: readonly ArtifactInquiry[]): void {
    for (const { verdict, testimonies } of inquiries) {
      const source = verdict === undefined ? 'none' : (testimonies.at(-1)?.source ?? 'none')
      this.#options.metrics?.add('polyswarm_judged_artifacts_total', 1, { source, truth: verdict ?? 'unknown' })
    }
  }

  #conclude({ guid, terms }: KnownBounty, { judgements, validBloom }: JudgedBounty): void {
    const { unknown = { choice: 'abstain', most: 0 }, desk, metrics } = this.#options
    const { journal, logger } = this.#ready
    const ballot = ballotOf(judgements, unknown)
    const unknowns = judgements.filter(({ truth }) => truth === undefined).length
    metrics?.add('polyswarm_unknown_artifacts_total', unknowns, { vote: 'reason' in ballot ? 'none' : unknown.choice })
    metrics?.add('polyswarm_bounties_total', 1, { decision: 'reason' in ballot ? 'abstain' : 'vote' })
    if ('reason' in ballot) {
      const isUnasked = judgements.some(({ truth, pending }) => truth === undefined && pending)
      const why = isUnasked ? 'a source could not be asked in time' : `${this.#truth.name} did not know`
      const reason = `${ballot.reason}: ${why}`
      journal.write(() => {
        journal.bounties.decide(guid, 'abstain', reason)
        journal.judgements.add({ abstentions: 1n })
      })
      logger.warn({ guid, reason }, 'no vote')
    } else {
      const { votes, guessed } = ballot
      if (!validBloom) logger.warn({ guid }, 'the bounty was posted with a bloom filter of other artifacts')
      const guesses = guessed.length > 0 ? `, ${guessed.length} of them guessed to be ${unknown.choice}` : ''
      journal.write(() => {
        journal.bounties.planVote({ guid, votes, validBloom })
        journal.bounties.decide(guid, 'vote', `${terms.numArtifacts} artifacts judged${guesses}`)
        if (guessed.length > 0) journal.judgements.add({ guesses: BigInt(guessed.length) })
      })
      logger.info({ guid, artifacts: terms.numArtifacts }, 'going to vote')
      if (guessed.length > 0)
        logger.warn({ guid, guessed, as: unknown.choice }, 'the vote is a guess on some artifacts')
    }
    desk?.late(guid)
  }
}

function judgementOf({ artifact, sha256, verdict, testimonies, unavailable }: ArtifactInquiry): Judgement {
  const source = verdict === undefined ? undefined : testimonies.at(-1)?.source
  return { artifact, sha256, truth: verdict, source, pending: unavailable !== undefined }
}

function artifactIfKnown({ artifact, truth }: Judgement): number[] {
  return truth === undefined ? [] : [artifact]
}

/**
 * The block at which a source is asked again that could not be asked: after as long a time as the bounty is old, but after
 * half of the time that is left at most. So the pauses double, and get shorter again towards the end.
 */
function nextTry(head: number, posted: number, deadline: number): number {
  return head + Math.max(Math.min(head - posted, Math.ceil((deadline - 1 - head) / 2)), 1)
}
