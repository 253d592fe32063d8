import {
  bidOn,
  formatNct,
  type Guid,
  type MarketEvent,
  newNonce,
  sealedCommitmentOf,
  stringifyJson,
} from '@polyswarm/protocol'
import { TrackRecord } from '@polyswarm/protocol/polyscore'
import { isFailure } from '../analysis/backend-runner.js'
import { addressOfMetadata } from '../client/metadata-uploader.js'
import { isUnusable } from '../client/passing-error.js'
import type { Finding } from '../findings/finding.js'
import { lastHeadToAssert } from '../runtime/duties/duty-schedule.js'
import { artifactMetadata } from '../runtime/journal/artifact-metadata.js'
import type { BountyAnnouncement, BountyRecord } from '../runtime/journal/bounty-book.js'
import type { BountyStanding } from '../runtime/journal/bounty-standing.js'
import type { RivalAssertion } from '../runtime/journal/finding-history.js'
import type { Metrics } from '../runtime/reports/metrics.js'
import type { Decisions, KnownBounty, ParticipantContext, Role } from '../runtime/roles/role.js'
import { type RiskLimits, withinRiskLimits } from '../staking/risk-limits.js'
import { isAffordable } from '../staking/strategies.js'
import { assertionMetadata } from './assertion-metadata.js'
import { type FilterRule, isAccepted, weighConfidence } from './bounty-filter.js'
import { EngineAccount } from './engine-account.js'
import { failureOf, readRivals, recordsOf, verdictsOf } from './engine-records.js'
import type { FindingSource } from './finding-source.js'
import { LocalFindings } from './local-findings.js'
import type { Microengine, VerdictRequest } from './microengine.js'
import { OutcomeLearner } from './outcome-learner.js'
import { tooManyReveals } from './reveal-pace.js'

/** How a microengine takes part. */
export interface MicroengineRoleOptions {
  engine: Microengine
  /** Who judges artifacts; by default the engine, in this process. */
  findings?: FindingSource
  /** Largest artifact that is fetched, in bytes. */
  maxArtifactSize: number
  /** Stop after so many settled bounties; 0 for never. */
  settleCount?: number
  /** What artifacts to look at, and whose verdicts to trust more or less; see `parseFilterRules`. */
  filters?: readonly FilterRule[]
  /** The most that may be lost. */
  riskLimits?: RiskLimits
  metrics?: Metrics
  /** Milliseconds since 1970; the system's clock by default. */
  clock?: () => number
}

/** Blocks between the moment at which scans are cut off and the last at which an assertion can be sent. */
const BLOCKS_TO_CONCLUDE = 2
/** Bounties of the past that the staking engine looks at. */
const REMEMBERED = 100
const HOUR = 3_600_000
/** Milliseconds between blocks while that is not known. */
const UNKNOWN_BLOCK_TIME = 1_000

/** What a microengine does about bounties: fetch, scan, bid, commit. All that follows is the participant's. */
export class MicroengineRole implements Role, Decisions {
  readonly name = 'microengine'
  readonly decisions: Decisions = this
  readonly mustDecide = false
  readonly #options: MicroengineRoleOptions
  readonly #findings: FindingSource
  #context: ParticipantContext | undefined
  #account: EngineAccount | undefined
  #learner: OutcomeLearner | undefined
  #settledBefore = 0
  /** Blocks; of the bounty that was decided on last. */
  #revealWindow = 0
  /** The newest block when a bounty was taken on though reveals are too many or too slow. */
  #triedAt = 0
  /** Decisions wait for each other here: what one promises the next must know of. */
  #promising: Promise<unknown> = Promise.resolve()

  constructor(options: MicroengineRoleOptions) {
    this.#options = options
    this.#findings = options.findings ?? new LocalFindings(options)
  }

  async setup(context: ParticipantContext): Promise<void> {
    this.#context = context
    this.#account = new EngineAccount(context)
    this.#learner = new OutcomeLearner(context)
    this.#settledBefore = context.journal.bounties.settledCount()
    await this.#findings.setup()
    this.#options.engine.learn(new TrackRecord(context.journal.findings.counts()))
  }

  async teardown(): Promise<void> {
    await this.#findings.teardown()
  }

  async waitForEvent(next: () => Promise<MarketEvent | undefined>): Promise<MarketEvent | undefined> {
    const { engine } = this.#options
    let taken: MarketEvent | undefined
    const take = async (): Promise<MarketEvent | undefined> => {
      taken = await next()
      if (taken) {
        this.#account?.notice(taken)
        this.#learner?.notice(taken)
      }
      return taken
    }
    // What an engine of somebody's own makes of an event must not keep it from the journal.
    return engine.waitForEvent(take).catch((error: Error) => {
      this.#ready.logger.error({ event: taken?.event, reason: error.message }, `${engine.name} failed on an event`)
      return taken ?? take()
    })
  }

  wants({ artifactType, expiration }: BountyAnnouncement, head: number): boolean {
    return this.#options.engine.artifactTypes.includes(artifactType) && lastHeadToAssert(expiration) >= head
  }

  decideBy({ expiration }: Pick<KnownBounty, 'expiration'>): number {
    return lastHeadToAssert(expiration) - BLOCKS_TO_CONCLUDE
  }

  workload({ guid, numArtifacts }: BountyStanding): number {
    if ((this.#options.filters ?? []).length === 0) return numArtifacts
    const bounty = this.#ready.journal.bounties.get(guid)
    return bounty ? this.#accepted(bounty, numArtifacts).filter(Boolean).length : numArtifacts
  }

  holdsBack({ expiration, windows }: BountyStanding, head: number): string | undefined {
    const { journal, pace } = this.#ready
    const window = windows?.assertionRevealWindow ?? this.#revealWindow
    const due = journal.bounties.unrevealed(expiration - window, expiration) + 1
    const delay = journal.outbox.delay(head, head - window)
    const revealDelay = journal.bounties.revealDelay(head - 3 * window, head)
    const reason = tooManyReveals({ due, window, delay, revealDelay, ...pace() })
    // One at a time shows whether it is still so.
    if (reason === undefined || head < this.#triedAt + window) return reason
    this.#triedAt = head
    return undefined
  }

  async decide(bounty: KnownBounty, signal: AbortSignal): Promise<boolean> {
    const { journal, logger } = this.#ready
    const { guid, expiration, terms } = bounty
    this.#revealWindow = terms.assertionRevealWindow
    const accepted = this.#accepted(bounty, terms.numArtifacts)
    if (!accepted.includes(true)) return this.#abstain(guid, 'the filters accept none of its artifacts')
    const findings = await this.#scanAll(bounty, accepted, signal)
    // From here on it is a matter of moments, and the blocks that are kept for it have begun.
    if ((signal.reason as Error | undefined)?.name === 'AbortError') throw signal.reason
    const records = findings.flatMap(({ finding, fileType }, index) => recordsOf(finding, index, fileType))
    journal.write(() => journal.findings.record(guid, records))
    const verdicts = findings.map(({ finding }) => finding)
    const asserted = verdicts.map(({ outcome }) => outcome === 'malicious' || outcome === 'benign')
    const request = asserted.includes(true)
      ? await this.#bid(bounty, verdicts, asserted)
      : verdicts.map(reasonOf).join('; ')
    if (typeof request === 'string') this.#abstain(guid, request)
    else {
      this.#options.metrics?.observe('polyswarm_time_left_blocks', expiration - journal.head)
      await this.#options.engine.sendVerdict(request, (verdict) => this.#inTurn(() => this.#plan(bounty, verdict)))
      if (journal.bounties.get(guid)?.decision === null) this.#abstain(guid, 'the engine sent no verdict')
    }
    logger.trace({ guid }, 'decided')
    return true
  }

  #accepted(bounty: BountyRecord, numArtifacts: number): boolean[] {
    const { filters = [] } = this.#options
    return Array.from({ length: numArtifacts }, (_, index) => isAccepted(filters, artifactMetadata(bounty, index)))
  }

  async work(head: number, signal: AbortSignal): Promise<void> {
    const hasLearned = await this.#learner?.learn(head, signal)
    if (hasLearned) this.#options.engine.learn(new TrackRecord(this.#ready.journal.findings.counts()))
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

  get #money(): EngineAccount {
    if (!this.#account) throw new TypeError('The role is not set up.')
    return this.#account
  }

  async #scanAll(
    bounty: KnownBounty,
    accepted: readonly boolean[],
    signal: AbortSignal,
  ): Promise<{ finding: Finding; fileType: string }[]> {
    const { client, logger } = this.#ready
    const { metrics, filters = [] } = this.#options
    const { guid, artifactType, uri } = bounty
    let failures = 0
    const artifacts = accepted.map((take, index) =>
      take ? { metadata: artifactMetadata(bounty, index) } : { skip: 'the filters do not accept it' },
    )
    const scanned = await this.#findings.scan({
      ...{ client, guid, uri, artifactType, artifacts, signal },
      timeLeft: this.#timeLeft(bounty),
      scanned: (index, { finding, duration = 0 }) => {
        const { outcome, confidence, family, reason, probability } = finding
        const ms = Math.round(duration)
        logger.debug({ guid, index, outcome, confidence, probability, family, reason, ms }, 'scanned')
        // Of many that fail for one reason, the first says it.
        if (isFailure(finding) && failures++ === 0) logger.warn({ guid, index, reason }, 'could not judge')
        metrics?.observe('polyswarm_scan_seconds', duration / 1000, { outcome })
        for (const opinion of finding.opinions ?? []) {
          metrics?.add('polyswarm_findings_total', 1, { backend: opinion.backend, outcome: opinion.outcome })
        }
        if (outcome === 'abstain') metrics?.add('polyswarm_failures_total', 1, { reason: failureOf(reason) })
      },
    })
    return scanned.map(({ finding, fileType }, index) => ({
      finding: weighConfidence(filters, artifactMetadata(bounty, index), finding),
      fileType,
    }))
  }

  /** Milliseconds until a decision comes too late, by the pace of the last blocks. */
  #timeLeft(bounty: KnownBounty): number {
    const { journal, pace } = this.#ready
    return (this.decideBy(bounty) + 1 - journal.head) * (pace().blockTime ?? UNKNOWN_BLOCK_TIME)
  }

  /** @returns the verdicts with their bids, or the reason why nothing is bid. */
  async #bid(bounty: KnownBounty, findings: Finding[], asserted: boolean[]): Promise<VerdictRequest | string> {
    const { journal } = this.#ready
    const { guid, terms } = bounty
    const block = newestOf(bounty, journal.head)
    const artifacts = [...asserted.keys()].filter((index) => asserted[index])
    const opinions = artifacts.flatMap((index) => findings[index] ?? [])
    const { assertionFee, numArtifacts } = terms
    const parameters = await this.#ready.parameters.current()
    const [free, rivals] = await Promise.all([
      this.#money.free(block, assertionFee + parameters.assertion_bid_maximum * BigInt(opinions.length)),
      // In the block that a bounty is posted in nobody who waits for its event can have asserted on it.
      block === bounty.block || !this.#options.engine.looksAtRivals ? [] : this.#rivals(guid),
    ])
    const range = { minimum: parameters.assertion_bid_minimum, maximum: parameters.assertion_bid_maximum }
    const available = free > 0n ? free : 0n
    const rivalBids = artifacts.map((index) => rivals.reduce((sum, rival) => sum + bidOn(rival, index), 0n))
    const reward = bounty.amount / BigInt(numArtifacts)
    const request = {
      ...{ guid, findings: opinions, range, assertionFee, available, reward, rivalBids },
      // Most strategies do not look at it, and it is much to read.
      get history() {
        return journal.findings.rivalBids(REMEMBERED)
      },
    }
    const bids = await this.#options.engine.bid(request)
    if (bids === null) return 'the staking engine stays out'
    if (bids.length !== opinions.length) return `${bids.length} bids were made on ${opinions.length} artifacts`
    const wrong = bids.find(
      (bid) => bid !== null && (typeof bid !== 'bigint' || bid < range.minimum || bid > range.maximum),
    )
    if (wrong !== undefined) {
      return `a bid of ${wrong} is outside of what the market allows, ${range.minimum} to ${range.maximum}`
    }
    return verdictsOf(guid, findings, artifacts, this.#limited(bids, range.minimum)) ?? 'no bid is within the limits'
  }

  /** What others have asserted; where that cannot be read, the bounty is bid on as if they had not. */
  async #rivals(guid: Guid): Promise<RivalAssertion[]> {
    const { client, logger } = this.#ready
    return readRivals(client, guid).catch((error: Error) => {
      if (!isUnusable(error)) throw error
      logger.warn({ guid, reason: error.message }, 'bidding without knowing what others have bid')
      return []
    })
  }

  /** Bids cut down to what may be lost. */
  #limited(bids: readonly (bigint | null)[], minimum: bigint): (bigint | null)[] {
    const { riskLimits = {}, clock = Date.now } = this.#options
    if (Object.values(riskLimits).every((limit) => limit === undefined)) return [...bids]
    const { total, recent } = this.#ready.journal.bounties.atRisk(clock() - HOUR)
    return withinRiskLimits(bids, minimum, riskLimits, { total, lastHour: recent })
  }

  /** One after the other: what is promised is counted before the next promise is made. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#promising.then(work, work)
    this.#promising = turn.catch(() => undefined)
    return turn
  }

  /**
   * Draws the nonce and writes the assertion down. From the check of the balance on nothing is waited for, so that two
   * bounties cannot spend the same money: what the other one took is in the journal by then.
   */
  async #plan(bounty: KnownBounty, { findings, mask, verdicts, bids }: VerdictRequest): Promise<void> {
    const { guid, terms } = bounty
    const { account, journal, logger } = this.#ready
    const { engine, metrics, clock = Date.now } = this.#options
    const metadata = stringifyJson(assertionMetadata(findings, engine))
    const revealMetadata = await addressOfMetadata(metadata)
    const fee = terms.assertionFee
    const price = bids.reduce((sum, bid) => sum + bid, fee)
    const free = await this.#money.free(newestOf(bounty, journal.head), price)
    if (!isAffordable(bids, fee, free)) {
      this.#abstain(guid, `${formatNct(price)} NCT for bids and fee cannot be afforded`)
      return
    }
    if (this.#limited(bids, 0n).some((bid, index) => bid !== bids[index])) {
      this.#abstain(guid, 'with what was promised meanwhile, the limits of what may be lost are reached')
      return
    }
    const nonce = newNonce()
    const secret = { nonce, verdicts, mask, metadata, revealMetadata }
    const commitment = sealedCommitmentOf({ guid, author: account, mask, verdicts, metadata: revealMetadata, nonce })
    journal.write(() => {
      journal.bounties.plan({ guid, ...secret, bids: [...bids], fee, commitment }, clock())
      journal.bounties.decide(guid, 'assert', `${bids.length} of ${findings.length} artifacts`)
    })
    metrics?.add('polyswarm_bounties_total', 1, { decision: 'assert' })
    metrics?.add('polyswarm_bids_nct_total', Number(formatNct(bids.reduce((sum, bid) => sum + bid, 0n))))
    logger.info({ guid, artifacts: bids.length, bids: bids.map(formatNct) }, 'going to assert')
  }

  /** @returns false: nothing more was judged. */
  #abstain(guid: Guid, reason: string): false {
    this.#ready.journal.bounties.decide(guid, 'abstain', reason)
    this.#options.metrics?.add('polyswarm_bounties_total', 1, { decision: 'abstain' })
    this.#ready.logger.info({ guid, reason }, 'abstained')
    return false
  }
}

function reasonOf({ outcome, reason }: Finding): string {
  return reason === undefined ? outcome : `${outcome}: ${reason}`
}

/** The newest block there is word of: that of the bounty itself comes before its number is announced. */
function newestOf({ block }: BountyRecord, head: number): number {
  return Math.max(block ?? 0, head)
}
