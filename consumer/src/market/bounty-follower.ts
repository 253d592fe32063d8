import type { BountyRecord, ParticipantContext, PlannedBounty } from '@polyswarm/participants/ambassador'
import { isUnusable } from '@polyswarm/participants/ambassador'
import { type BountyPhase, type Guid, type MarketEvent, phaseAt, voteEnd, voteStart } from '@polyswarm/protocol'
import type { BountyGroup } from '../store/bounty-groups.js'
import type { ConsumerStore } from '../store/consumer-store.js'
import type { Submission } from '../store/submission.js'
import { planOf } from './consumer-source.js'
import type { MarketScore } from './market-score.js'
import { type ArtifactOutcome, outcomeOf, type ToldBounty } from './outcome.js'
import { searchTerms } from './search-terms.js'

/** What a follower works with. */
export interface BountyFollowerOptions {
  store: ConsumerStore
  score: MarketScore
  /** Called when submissions have changed. */
  changed(): void
  /** Milliseconds since 1970. */
  now(): number
}

type Windows = { expiration: number; assertionRevealWindow: number; arbiterVoteWindow: number }

/**
 * Follows the bounties of submissions that are not over, and writes down what is said on them: at most once a block each, and
 * only where something has happened.
 */
export class BountyFollower {
  readonly #options: BountyFollowerOptions
  /** Bounties on which something was said that is not written down yet; all of them after a start. */
  readonly #news = new Set<Guid>()
  #all = true
  /** The newest block when a bounty was first seen to be settled. */
  readonly #settledAt = new Map<Guid, number>()

  constructor(options: BountyFollowerOptions) {
    this.#options = options
  }

  /** Hears an event of the market. */
  hear(event: MarketEvent): void {
    if (event.event === 'connected' || event.event === 'reorg' || event.event === 'snapshot') {
      this.#all = true
      this.#settledAt.clear()
    } else if ('bounty_guid' in event.data) this.#news.add(event.data.bounty_guid)
  }

  /**
   * Writes down what has happened on all open bounties.
   *
   * @throws GatewayUnavailableError; then what was not written down is looked at again.
   */
  async follow(context: ParticipantContext, head: number, signal: AbortSignal): Promise<void> {
    const [all, news] = [this.#all, new Set(this.#news)]
    this.#all = false
    this.#news.clear()
    try {
      for (const group of await this.#options.store.bounties.open()) {
        await this.#followOne(context, { group, head, hasNews: all || news.has(group.guid) }, signal)
        news.delete(group.guid)
      }
    } catch (error) {
      this.#all ||= all
      for (const guid of news) this.#news.add(guid)
      throw error
    }
  }

  async #followOne(
    context: ParticipantContext,
    { group, head, hasNews }: { group: BountyGroup; head: number; hasNews: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const { journal, confirmations, terms } = context
    const order = await this.#orderOf(context, group)
    if (!order) return
    const { guid } = order
    const { missedHead, reason } = journal.duties.get(guid, 'post')
    if (missedHead !== null && !order.posted) {
      // A re-org can bring an order back that was given up.
      if (head >= missedHead + confirmations) await this.#fail(group, reason ?? 'it could not be posted')
      return
    }
    const record = journal.bounties.get(guid)
    if (!order.posted || record?.block == null) return
    const known = record.terms ?? (await terms.learn(guid, signal))
    const windows = { ...known, expiration: record.expiration }
    const phase = phaseAt(windows, head, record.quorum)
    const isFinal = this.#isFinal(record, head, confirmations)
    if (!hasNews && phase === group.phase && !isFinal) return
    const told = await this.#ask(
      context,
      { guid, phase, artifacts: group.artifacts, record, fee: known.bountyFee },
      signal,
    )
    await this.#write({ ...group, guid }, { told, windows, head, settled: record.settled, isFinal })
    if (isFinal) this.#settledAt.delete(guid)
  }

  /** The order of a bounty in the journal; under another guid than was planned where somebody else has taken that. */
  async #orderOf({ journal }: ParticipantContext, group: BountyGroup): Promise<PlannedBounty | undefined> {
    const known = journal.plannedBounties.get(group.guid)
    if (known) return known
    const renamed = journal.plannedBounties.fromSource(planOf(group.id))
    const { store } = this.#options
    if (renamed) await store.write(() => store.bounties.rename(group.id, renamed.guid))
    return renamed
  }

  /** Whether a bounty has been settled for so long that no re-org takes that back. */
  #isFinal({ guid, settled }: BountyRecord, head: number, confirmations: number): boolean {
    if (!settled) return false
    const since = this.#settledAt.get(guid) ?? head
    this.#settledAt.set(guid, since)
    return head >= since + confirmations
  }

  async #ask(
    { client, logger }: ParticipantContext,
    {
      guid,
      phase,
      artifacts,
      record,
      fee,
    }: { guid: Guid; phase: BountyPhase; artifacts: number; record: BountyRecord; fee: bigint },
    signal: AbortSignal,
  ): Promise<ToldBounty & { unreadable?: string }> {
    const bounty = { phase, artifacts, amount: record.amount, fee }
    try {
      const voting = phase !== 'assertion' && phase !== 'reveal'
      const [assertions, votes] = await Promise.all([
        client.assertions(guid, signal),
        voting ? client.votes(guid, signal) : [],
      ])
      return { ...bounty, assertions, votes }
    } catch (error) {
      if (!isUnusable(error)) throw error
      logger.warn({ guid, reason: error.message }, 'what was said on a bounty cannot be read')
      return { ...bounty, assertions: [], votes: [], unreadable: error.message }
    }
  }

  /** What is said on a bounty goes into the database as a whole; with the end of it, what it has taught and cost. */
  async #write(
    group: BountyGroup,
    {
      told,
      windows,
      head,
      settled,
      isFinal,
    }: {
      told: ToldBounty & { unreadable?: string }
      windows: Windows
      head: number
      settled: boolean
      isFinal: boolean
    },
  ): Promise<void> {
    const { store, changed } = this.#options
    const { phase, assertions } = told
    await store.write(async () => {
      const answered = assertions.map(({ author }) => author).slice(0, 4_096)
      const ends = { expiration: windows.expiration, revealEnd: voteStart(windows), voteEnd: voteEnd(windows) }
      await store.bounties.setProgress(group.id, { phase, block: head, ...ends, answered })
      await this.#meet(told)
      for (const submission of await store.submissions.ofBounty(group.id)) {
        const outcome = outcomeOf(told, submission.position ?? 0)
        await this.#writeOne(submission, { outcome, told, settled })
        if (isFinal) await this.#learn(submission, outcome)
      }
      if (isFinal) await store.bounties.close(group.id)
    })
    changed()
  }

  async #meet({ assertions, votes }: ToldBounty): Promise<void> {
    const { store, now } = this.#options
    for (const { author } of assertions) await store.engines.saw(author, 'microengine', now())
    for (const { voter } of votes) await store.engines.saw(voter, 'arbiter', now())
  }

  async #writeOne(
    submission: Submission,
    {
      outcome,
      told,
      settled,
    }: { outcome: ArtifactOutcome; told: ToldBounty & { unreadable?: string }; settled: boolean },
  ): Promise<void> {
    const { store, score, now } = this.#options
    const { assertions, votes, truth, reward, fee, refund } = outcome
    const isJudged = told.phase !== 'assertion' && told.phase !== 'reveal'
    const state = settled ? 'settled' : isJudged ? 'judged' : 'posted'
    const answers = assertions.filter(({ verdict }) => verdict !== null)
    const families = answers.length > 0 ? score.familiesOf(answers) : null
    if (isJudged && !submission.private && submission.artifact !== null) {
      const terms = searchTerms({ ...submission, families, assertions }, await this.#fileTypeOf(submission))
      await store.terms.note(submission.artifact, terms)
    }
    await store.submissions.setOutcome(submission.id, {
      ...{ state, assertions, votes, truth, reward, fee, refund: settled ? refund : 0n },
      judged: isJudged ? (submission.judged ?? now()) : null,
      score: answers.length > 0 ? score.of(answers, await this.#fileTypeOf(submission)) : null,
      families,
      reason: isJudged ? whyNot(told, answers.length, truth) : null,
    })
  }

  /** What the truth says of everybody who answered; and what was set aside and not needed goes back. */
  async #learn(submission: Submission, outcome: ArtifactOutcome): Promise<void> {
    const { store, score, now } = this.#options
    const fileType = await this.#fileTypeOf(submission)
    for (const { author: address, verdict: said } of outcome.assertions) {
      await store.accuracy.count({ address, role: 'microengine' }, { said, truth: outcome.truth }, now())
    }
    for (const { voter: address, vote: said } of outcome.votes) {
      await store.accuracy.count({ address, role: 'arbiter' }, { said, truth: outcome.truth }, now())
    }
    for (const { author, verdict } of outcome.assertions) {
      if (outcome.truth !== null && verdict !== null)
        await store.engines.learn(author, fileType, verdict, outcome.truth)
    }
    score.learn({ id: String(submission.id), fileType, answers: outcome.assertions, truth: outcome.truth })
    const spent = outcome.reward + outcome.fee - outcome.refund
    await store.accounts.giveBack(submission.account, submission.reserved - spent)
    await store.submissions.setPaid(submission.id)
  }

  async #fail(group: BountyGroup, reason: string): Promise<void> {
    const { store, changed } = this.#options
    await store.write(async () => {
      for (const { id, account, reserved } of await store.submissions.ofBounty(group.id)) {
        await store.submissions.setFailed(id, `It could not be posted: ${reason}`)
        await store.submissions.touchDependents(id)
        await store.accounts.giveBack(account, reserved)
        await store.submissions.setPaid(id)
      }
      await store.bounties.close(group.id)
    })
    changed()
  }

  async #fileTypeOf({ type, artifact }: Submission): Promise<string> {
    if (type === 'url' || artifact === null) return 'url'
    return (await this.#options.store.artifacts.get(artifact))?.mimetype ?? ''
  }
}

function whyNot({ phase, unreadable }: ToldBounty & { unreadable?: string }, answers: number, truth: boolean | null) {
  if (unreadable !== undefined) return `The answers cannot be read: ${unreadable}`
  const silence = answers === 0 ? ['No engine has answered.'] : []
  const doubt = phase === 'finished' && truth === null ? ['No arbiter has voted, so nobody knows the truth.'] : []
  return [...silence, ...doubt].join(' ') || null
}
