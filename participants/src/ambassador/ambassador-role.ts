import { formatNct, type Guid, MAX_ARTIFACTS, type MarketEvent, newGuid } from '@polyswarm/protocol'
import { identifyDirectory } from '../artifacts/content-identifier.js'
import { isUnusable } from '../client/passing-error.js'
import { PerBlockCache } from '../client/per-block-cache.js'
import {
  ArtifactMismatchError,
  BountySourceError,
  DutyMissedError,
  GatewayRefusedError,
  InsufficientFundsError,
  ParticipantSetupError,
} from '../errors.js'
import { Batcher, type BatcherOptions } from '../keeper/batcher.js'
import type { Answer } from '../runtime/journal/answer-book.js'
import type { PlannedBounty } from '../runtime/journal/planned-bounties.js'
import type { ParticipantContext, Role } from '../runtime/roles/role.js'
import { AnswerDesk } from './answer-desk.js'
import type { BountySource } from './bounty-source.js'
import { describeArtifact } from './describe-artifact.js'
import { PostingPace } from './posting-pace.js'
import { uploadForm } from './upload-form.js'

/** How an ambassador takes part. */
export interface AmbassadorRoleOptions {
  source: BountySource
  /** Reward for one artifact, in base units; the market's minimum by default. */
  amountPerArtifact?: bigint | undefined
  /** Blocks from posting to expiration. */
  duration: number
  /** Bounties to post, where the source is endless; 0 for no limit. */
  count: number
  /**
   * Number of the batch to post, chosen by whoever starts this program: a start with a number that was there before goes on
   * with that batch, so that nothing is posted twice. By default a batch that is not finished goes on, and else a new one
   * begins.
   */
  batch?: number | undefined
  /** Milliseconds after which a source that is not endless is planned again; never by default. */
  every?: number | undefined
  /** Whether to finish once all that was posted is settled. */
  once: boolean
  /** Bounties that are not settled yet at the same time. */
  inFlight: number
  /** Hears of each artifact's answer once its bounty is over. */
  answered?: ((answer: Answer) => void) | undefined
  /** Brings onto the chain what is due to others on its bounties; it does not by default. */
  keeper?: Omit<BatcherOptions, 'author'> | undefined
}

const POST_ATTEMPTS = 5

/** Bounties that are uploaded and posted at the same time. */
const POSTED_AT_A_TIME = 16

/**
 * What an ambassador does: it plans a batch of bounties, writes them down with the guids they will have, uploads, posts, and
 * has them settled. A batch that was interrupted is finished first; a new start plans a new one.
 */
export class AmbassadorRole implements Role {
  readonly name = 'ambassador'
  readonly #options: AmbassadorRoleOptions
  readonly #pace: PostingPace
  #context: ParticipantContext | undefined
  #keeper: Batcher | undefined
  #answers: AnswerDesk | undefined
  /** NCT of the account, in base units: each bounty that is posted in a block asks for the same. */
  readonly #balance = new PerBlockCache(() => this.#ready.client.balance('nct'))
  #batch = 0
  #plannedAt = 0
  /** What bounties cost that are being uploaded, and are not in the journal yet. */
  readonly #uploading = new Map<Guid, bigint>()

  constructor(options: AmbassadorRoleOptions) {
    this.#options = options
    this.#pace = new PostingPace(options.duration)
  }

  async setup(context: ParticipantContext): Promise<void> {
    this.#context = context
    const { keeper, answered = () => undefined } = this.#options
    this.#answers = new AnswerDesk(context, answered)
    if (keeper) this.#keeper = new Batcher(context, { ...keeper, author: context.account })
    const { plannedBounties } = context.journal
    const latest = plannedBounties.latestBatch()
    const { planned, over } = plannedBounties.progress(latest)
    const unfinished = over < planned
    this.#batch = this.#options.batch ?? (unfinished ? latest : latest + 1)
    if (unfinished) context.logger.info({ batch: latest }, 'going on with the bounties of last time')
    if (!this.#options.source.endless && plannedBounties.progress(this.#batch).planned === 0) await this.#plan()
  }

  notice(event: MarketEvent): void {
    this.#keeper?.notice(event)
    if (event.event === 'reorg' || event.event === 'connected') this.#balance.drop()
    if (event.event === 'bounty') {
      const { guid, terms } = event.data
      this.#pace.posted(guid, event.block_number, terms?.assertion_reveal_window ?? 0)
    } else if (event.event === 'assertion') this.#pace.answered(event.data.bounty_guid, event.block_number)
    else if (event.event === 'reveal') this.#pace.revealed(event.data.bounty_guid)
  }

  async work(head: number, signal: AbortSignal): Promise<void> {
    await Promise.all([this.#keeper?.work(head, signal), this.#postMore(head, signal), this.#answers?.work(signal)])
  }

  async #postMore(head: number, signal: AbortSignal): Promise<void> {
    const { journal } = this.#ready
    await this.#planMore()
    this.#pace.advance(head)
    const room = Math.min(this.#options.inFlight - journal.plannedBounties.inFlight(), this.#pace.room)
    const plannedBounties = journal.plannedBounties.waiting(Math.max(room, 0)).values()
    const failures: unknown[] = []
    const worker = async (): Promise<void> => {
      for (const order of plannedBounties) {
        // What is ready is on its way, or was at the last start.
        if (order.uri === null && !this.#pace.begin(order.guid)) return
        try {
          if (await this.#prepare(order, head, signal)) await this.#post(order, head, signal)
        } catch (error) {
          if (isUnusable(error)) this.#failed(order, error.message, head)
          else failures.push(error)
        }
        // What has begun is brought to its end; the rest would fail as well.
        if (failures.length > 0) return
      }
    }
    await Promise.all(Array.from({ length: POSTED_AT_A_TIME }, worker))
    if (failures.length > 0) throw failures[0]
  }

  /** @throws DutyMissedError where all is over and not all of it was posted and settled. */
  finished(): boolean {
    const { once, source, count } = this.#options
    if (!once) return false
    const { plannedBounties, duties } = this.#ready.journal
    const { planned, over } = plannedBounties.progress(this.#batch)
    const complete = source.endless ? count > 0 && planned >= count : planned > 0
    if (!complete || over < planned || !this.#answers?.isDone) return false
    const missed = duties.missedOf(this.#batch)
    if (missed.length === 0) return true
    throw new DutyMissedError({ duties: missed.map(({ kind, guid, reason }) => `${kind} on ${guid}: ${reason}`) })
  }

  get #ready(): ParticipantContext {
    if (!this.#context) throw new TypeError('The role is not set up.')
    return this.#context
  }

  async #planMore(): Promise<void> {
    const { source, count, inFlight, every } = this.#options
    if (every !== undefined && performance.now() < this.#plannedAt + every) return
    if (!source.endless && every === undefined) return
    const { planned, over } = this.#ready.journal.plannedBounties.progress(this.#batch)
    if (planned - over < inFlight && (count === 0 || planned < count)) await this.#plan()
  }

  async #plan(): Promise<void> {
    const { journal, logger } = this.#ready
    const { source, duration } = this.#options
    this.#plannedAt = performance.now()
    const plans = await source.plan()
    const terms = await Promise.all(plans.map((plan) => source.termsOf?.(plan)))
    journal.write(() => {
      for (const [index, plan] of plans.entries()) {
        const { guid, artifactType } = terms[index] ?? { guid: newGuid(), artifactType: source.artifactType }
        journal.plannedBounties.add({ guid, batch: this.#batch, source: plan, artifactType, duration })
      }
    })
    logger.debug({ source: source.name, bounties: plans.length }, 'planned')
  }

  /** Makes an order ready to be posted. @returns whether it is. */
  async #prepare(order: PlannedBounty, head: number, signal: AbortSignal): Promise<boolean> {
    if (order.uri !== null) return true
    const { attempts, lastHead } = this.#ready.journal.duties.get(order.guid, 'post')
    if (attempts > 0 && head < lastHead + 2 ** (attempts - 1)) return false
    try {
      await this.#upload(order, signal)
      return true
    } catch (error) {
      if (!(error instanceof BountySourceError || error instanceof ArtifactMismatchError)) throw error
      this.#giveUp(order, error.message, head)
      return false
    } finally {
      this.#uploading.delete(order.guid)
    }
  }

  async #post(order: PlannedBounty, head: number, signal: AbortSignal): Promise<void> {
    const { guid } = order
    const { journal, request } = this.#ready
    // It may stand on the chain already; that is asked for.
    if (journal.outbox.isUntold(guid, 'post')) return
    const last = journal.outbox.lastAttempt(guid, 'post')
    const { attempts, reason } = journal.duties.get(guid, 'post')
    const hasFailed = attempts > 0 && !this.#isSent(guid)
    if (hasFailed && (await this.#isTaken(guid, signal))) return this.#rename(guid, head)
    if (hasFailed && attempts >= POST_ATTEMPTS) {
      const why = last.state === 'failed' ? last.reason : (reason ?? 'it was tried often enough')
      return this.#giveUp(order, why, head)
    }
    request(guid, 'post')
  }

  /** What polyswarmd says to one bounty costs that bounty a try, and no other. */
  #failed(order: PlannedBounty, reason: string, head: number): void {
    const { journal, logger } = this.#ready
    const { guid } = order
    journal.write(() => {
      journal.duties.attempt(guid, 'post', head)
      journal.duties.failed(guid, 'post', reason)
    })
    const isLast = journal.duties.get(guid, 'post').attempts >= POST_ATTEMPTS
    if (isLast && !this.#isSent(guid)) this.#giveUp(order, reason, head)
    else logger.warn({ guid, reason }, 'could not be posted, will try again')
  }

  /** Whether a transaction that posts it is on its way, or mined. */
  #isSent(guid: Guid): boolean {
    return ['pending', 'mined'].includes(this.#ready.journal.outbox.lastAttempt(guid, 'post').state)
  }

  #giveUp({ guid }: PlannedBounty, reason: string, head: number): void {
    const { journal, logger } = this.#ready
    this.#pace.forget(guid)
    journal.duties.miss({ guid, kind: 'post', reason }, head)
    logger.error({ guid, reason }, 'cannot be posted')
  }

  /** Whether there is a bounty of this guid that somebody else has posted: whoever sees one on its way can be faster. */
  async #isTaken(guid: Guid, signal: AbortSignal): Promise<boolean> {
    const { client, account } = this.#ready
    try {
      return (await client.bounty(guid, signal)).author !== account
    } catch (error) {
      if (error instanceof GatewayRefusedError && error.status === 404) return false
      throw error
    }
  }

  /**
   * Posts the bounty under a new guid, once it can no longer come to be posted under the old one: if the chain went another
   * way, the thief's bounty could be gone, and ours take its place.
   */
  #rename(guid: Guid, head: number): void {
    const { journal, logger, confirmations } = this.#ready
    if (journal.outbox.isOpen(guid, 'post', head - confirmations)) return
    const instead = newGuid()
    journal.write(() => journal.plannedBounties.rename(guid, instead))
    logger.warn({ guid, instead }, 'somebody else has taken the guid of a bounty: posting it under another')
  }

  /** Uploads the artifacts, and makes sure that what is stored is what was sent: the bounty is paid for it. */
  async #upload({ guid, source: plan, artifactType }: PlannedBounty, signal: AbortSignal): Promise<void> {
    const { client, journal, logger, uploader } = this.#ready
    const { source } = this.#options
    const fixed = await source.termsOf?.(plan)
    if ((fixed?.artifactType ?? source.artifactType) !== artifactType) {
      throw new BountySourceError({
        source: plan,
        reason: `it was planned as ${artifactType}, and ${source.name} is not`,
      })
    }
    const files = await source.artifacts(plan)
    if (files.length < 1 || files.length > MAX_ARTIFACTS) {
      throw new BountySourceError({ source: plan, reason: `a bounty has 1 to ${MAX_ARTIFACTS} artifacts` })
    }
    const amounts = await this.#amounts(guid, files.length)
    if (fixed && amounts.amount + amounts.bountyFee > fixed.most) {
      const [cost, most] = [amounts.amount + amounts.bountyFee, fixed.most].map(formatNct)
      throw new BountySourceError({ source: plan, reason: `it costs ${cost} NCT by now, and ${most} were set aside` })
    }
    const described = []
    for (const file of files) described.push(await describeArtifact(file, artifactType))
    const expected = identifyDirectory(described.map(({ entry }) => entry)).toString()
    const uri = await client.uploadArtifacts(() => uploadForm(files), signal)
    if (uri !== expected) throw new ArtifactMismatchError({ artifact: plan, expected, got: uri })
    const metadata = await uploader.store(
      described.map((artifact) => artifact.metadata),
      signal,
    )
    const addresses = described.map(({ entry }) => entry.cid.toString())
    journal.plannedBounties.prepare(guid, { ...amounts, uri, addresses, metadata })
    logger.info({ guid, artifacts: files.length, amount: formatNct(amounts.amount), uri }, 'uploaded')
  }

  async #amounts(guid: Guid, numArtifacts: number): Promise<{ amount: bigint; bountyFee: bigint }> {
    const { journal, parameters } = this.#ready
    const [limits, balance] = await Promise.all([parameters.current(), this.#balance.at(journal.head)])
    const { bounty_amount_minimum: minimum, bounty_fee: bountyFee, max_duration: longest } = limits
    const { amountPerArtifact = minimum, duration } = this.#options
    if (amountPerArtifact < minimum) {
      throw new ParticipantSetupError({
        reason: `This market asks for at least ${formatNct(minimum)} NCT per artifact: raise --amount.`,
      })
    }
    if (duration > longest) {
      throw new ParticipantSetupError({
        reason: `This market's bounties last ${longest} blocks at most: lower --duration.`,
      })
    }
    const amount = amountPerArtifact * BigInt(numArtifacts)
    // Nothing is waited for from here on: each sees what the ones before it have promised.
    const promised = journal.plannedBounties
      .prepared()
      .reduce((sum, order) => sum + (order.amount ?? 0n) + (order.bountyFee ?? 0n), 0n)
    const uploading = [...this.#uploading.values()].reduce((sum, cost) => sum + cost, 0n)
    const needed = promised + uploading + amount + bountyFee
    if (balance < needed) {
      const error = new InsufficientFundsError({ purpose: 'Posting', needed, balance })
      // Whoever waits for the end of one batch wants to be told; otherwise money may still come.
      throw this.#options.once ? new ParticipantSetupError({ reason: error.message }) : error
    }
    this.#uploading.set(guid, amount + bountyFee)
    return { amount, bountyFee }
  }
}
