import { setTimeout as delay } from 'node:timers/promises'
import { formatNct, type Guid, type MarketEvent, withEnds } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import { EventStream } from '../client/event-stream.js'
import { waitForGateway } from '../client/gateway-wait.js'
import { MetadataUploader } from '../client/metadata-uploader.js'
import { isPassing } from '../client/passing-error.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { DutyMissedError, GatewayUnavailableError } from '../errors.js'
import { DutyRunner } from './duties/duty-runner.js'
import { DutyScheduler } from './duties/duty-scheduler.js'
import { KeeperWatch } from './duties/keeper-watch.js'
import { LoopLoad } from './duties/loop-load.js'
import type { MissedDuty } from './journal/duty-log.js'
import type { Journal } from './journal/journal.js'
import { checkMarket, type MarketPin, marketOfGateway } from './market/market.js'
import { MarketParameters } from './market/market-parameters.js'
import { partyOf, recordEvent, recordMined } from './reconciliation/market-facts.js'
import { Reconciliation } from './reconciliation/reconciliation.js'
import { TermsLookup } from './reconciliation/terms-lookup.js'
import type { Metrics } from './reports/metrics.js'
import { ProgressReport } from './reports/progress-report.js'
import type { ParticipantContext, Role } from './roles/role.js'
import type { GasLimits } from './transactions/gas-quotes.js'
import { type TransactionFates, TransactionSender } from './transactions/transaction-sender.js'
import type { Wallet } from './transactions/wallet.js'

/** What a participant is made of. */
export interface ParticipantOptions {
  client: PolyswarmdClient
  wallet: Wallet
  journal: Journal
  market: MarketPin
  role: Role
  limits: GasLimits
  logger: Logger
  apiKey?: string | undefined
  /** Blocks after which a transaction counts as mined for good; 12 by default. */
  confirmations?: number
  /** Bounties that are decided on at the same time; 8 by default. */
  concurrency?: number
  /** Milliseconds between looks at what is due when nothing happens; 1,000 by default. */
  interval?: number
  /** Ends the participant with an error once a duty is missed. */
  strict?: boolean
  /** Size of a standing approval, in base units; without it each action gets an approval of its own. */
  allowance?: bigint | undefined
  metrics?: Metrics
  /** Called once the market is known, the role is set up, and what is unfinished is on its way. */
  ready?: () => void
  /** File to say in, once a second, that all is well. */
  liveness?: string | undefined
}

/** While the past is replayed, blocks are written down this seldom. */
const BLOCKS_PER_WRITE = 256

/**
 * Milliseconds without a block after which polyswarmd is asked for the newest one: an event stream that lives and says
 * nothing must not make anybody miss a deadline.
 */
const SILENCE_MS = 10_000

/**
 * The loop that all roles share. Events go into the journal; what is due follows from the journal, and is done in the order
 * in which it is due. Nothing is kept in memory that a restart could not find again.
 */
export class Participant {
  readonly #options: ParticipantOptions
  readonly #context: ParticipantContext
  readonly #duties: DutyScheduler
  readonly #runner: DutyRunner
  readonly #sender: TransactionSender
  readonly #parameters: MarketParameters
  readonly #report: ProgressReport
  readonly #keepers = new KeeperWatch(() => this.#duties.pace.blockTime)
  readonly #stop = new AbortController()
  readonly #missed: MissedDuty[] = []
  #signal: AbortSignal = this.#stop.signal
  /** Newest block of the chain when the replay of the past began. */
  #target = 0
  #caughtUp = false
  #blocksPassedOver = 0
  #upToDate: Promise<void> | undefined
  #lastBlockAt = performance.now()
  /** Ends with the next block. */
  #block = Promise.withResolvers<void>()

  constructor(options: ParticipantOptions) {
    this.#options = options
    const { client, journal, logger, wallet, role, confirmations = 12, concurrency = 8 } = options
    const now = () => performance.now()
    const uploader = new MetadataUploader(client, logger, now)
    const terms = new TermsLookup(client, journal)
    this.#parameters = new MarketParameters(client)
    const scope = { client, journal, logger, uploader, terms, parameters: this.#parameters, account: wallet.address }
    const refresh = (guid: Guid | null): void => {
      if (guid !== null) this.#duties.refresh(guid)
    }
    this.#sender = new TransactionSender({ ...options, confirmations, now, refused: refresh })
    const reconciliation = new Reconciliation(scope)
    this.#runner = new DutyRunner({
      ...{ ...scope, sender: this.#sender, keepers: this.#keepers },
      reconcile: (guid, signal) => reconciliation.compare(guid, signal),
      missed: (duty) => this.#miss(duty),
    })
    this.#context = {
      ...{ ...scope, confirmations },
      request: (guid, kind) => this.#duties.request(guid, kind),
      reconsider: refresh,
      simulate: (calls, head) => this.#sender.simulate(calls, head),
      submit: (action, head, signal) => this.#sender.submit(null, action, head, signal),
      pace: () => this.#duties.pace,
    }
    const loop = new LoopLoad()
    const loopLoad = (): number => loop.share
    const { decisions } = role
    const scheduling = { decisions, context: this.#context, runner: this.#runner, concurrency, now, loopLoad }
    this.#duties = new DutyScheduler(scheduling)
    this.#report = new ProgressReport(options)
  }

  /**
   * Takes part until the role has finished or the signal is aborted. To be called once.
   *
   * @throws MarketMismatchError where polyswarmd serves another market than the one pinned, what the role's setup throws,
   * and in strict mode DutyMissedError.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { role, logger } = this.#options
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
    let tasks: Promise<void>[] = []
    try {
      await this.#start()
      tasks = [this.#listen(), this.#eachBlock(() => this.#tend()), this.#eachBlock(() => this.#work())]
      await Promise.race(tasks)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      this.#stop.abort()
      await Promise.allSettled(tasks)
      await this.#duties.close()
      await this.#upToDate
      await role.teardown?.()
      await this.#report.end()
      logger.debug('stopped')
    }
  }

  async #start(): Promise<void> {
    const { client, role, journal, logger } = this.#options
    await waitForGateway(() => this.#checkMarket(), { logger, signal: this.#signal })
    this.#target = await this.#chainHead()
    journal.head = this.#target
    await role.setup(this.#context, this.#signal)
    this.#duties.rebuild()
    const unfinished = this.#duties.compareAll()
    logger.info({ account: client.account, journal: journal.path, unfinished }, 'ready')
    this.#options.ready?.()
  }

  async #listen(): Promise<void> {
    const { client, journal, logger, apiKey, role } = this.#options
    const { url, chain } = client
    const onUnreadable = (guid: Guid | undefined) => this.#unreadable(guid)
    const stream = new EventStream({
      url,
      chain,
      apiKey,
      since: journal.cursor ?? '0',
      openOnly: true,
      logger,
      onUnreadable,
    })
    const events = stream.events(this.#signal)
    const told = async (): Promise<MarketEvent | undefined> => (await events.next()).value ?? undefined
    const next = async () => (role.waitForEvent ? role.waitForEvent(told) : told())
    for (let event = await next(); event; event = await next()) {
      role.notice?.(event)
      if (event.event === 'connected') await this.#meetAgain()
      this.#record(event)
      // What happened to this account's own bounties meanwhile was not told.
      if (event.event === 'snapshot') this.#duties.compareAll()
    }
  }

  /**
   * While the past is replayed, the head stays where the chain is: old blocks must not make expired bounties look alive, and
   * not each of them is worth a write.
   */
  #record(event: MarketEvent): void {
    const { journal, role, logger } = this.#options
    logger.trace({ event }, 'event')
    if (event.event === 'block') {
      this.#sender.hear(event.data.number, event.data.base_fee)
      this.#lastBlockAt = performance.now()
      this.#caughtUp ||= event.data.number >= this.#target
      if (!this.#caughtUp) {
        if (++this.#blocksPassedOver % BLOCKS_PER_WRITE === 0 && event.cursor !== undefined)
          journal.cursor = event.cursor
        return
      }
    }
    this.#keepers.hear(event)
    this.#parameters.notice(event)
    const head = Math.max(journal.head, this.#target)
    recordEvent({ ...this.#context, wants: (bounty) => role.decisions?.wants(bounty, head) ?? false }, event)
    if (event.event === 'settled_bounty' && event.data.settler === this.#context.account) {
      this.#options.metrics?.add('polyswarm_payouts_nct_total', Number(formatNct(event.data.payout)))
    }
    if (event.event === 'reorg' || event.event === 'connected') this.#sender.forget()
    if (event.event === 'snapshot') this.#caughtUp ||= event.data.number >= this.#target
    if (event.event === 'reorg' && !this.#caughtUp) journal.head = this.#target
    this.#schedule(event)
  }

  /** What was heard makes something due, or done. */
  #schedule(event: MarketEvent): void {
    if (event.event === 'reorg') this.#duties.rebuild()
    else if (event.event === 'block' || event.event === 'snapshot') this.#duties.advance()
    else {
      const guid = bountyOf(event, this.#context.account)
      if (guid !== undefined) this.#duties.refresh(guid)
      return
    }
    const { resolve } = this.#block
    this.#block = Promise.withResolvers()
    resolve()
  }

  /** Works once for each block, and where none comes, once in a while; until the work says that it is over. */
  async #eachBlock(work: () => Promise<boolean>): Promise<void> {
    const { interval = 1_000 } = this.#options
    while (!this.#signal.aborted) {
      const { promise: next } = this.#block
      if (await work()) return
      await withEnds([this.#signal], async (pause) => {
        await Promise.race([next, delay(interval, undefined, { signal: pause.signal }).catch(() => undefined)])
        pause.abort()
      })
    }
  }

  /** Looks after what was sent, what was put off, and whether the chain goes on. @returns whether that is over: never. */
  async #tend(): Promise<boolean> {
    const { journal, strict = false } = this.#options
    await this.#watchChain()
    this.#duties.advance()
    await this.#follow()
    this.#upToDate ??= this.#tellWhenUpToDate()
    await this.#report.make(journal.head)
    if (strict && this.#missed.length > 0) throw this.#missedDuties()
    return false
  }

  /** Who starts this program wants to know when all that was due at the start is on its way. */
  async #tellWhenUpToDate(): Promise<void> {
    await this.#duties.idle()
    if (!this.#signal.aborted) this.#options.logger.info('up to date')
  }

  async #follow(): Promise<void> {
    const { journal, logger } = this.#options
    const changed = new Set<Guid>()
    const fates: TransactionFates = {
      mined: (entry, events, at) => {
        recordMined(this.#context, entry, events, at)
        for (const guid of journal.outbox.guidsOf(entry)) changed.add(guid)
      },
      lost: (guid) => {
        if (guid === null) return
        this.#runner.suspect(guid)
        changed.add(guid)
      },
    }
    try {
      await this.#sender.follow(journal.head, fates, this.#signal)
    } catch (error) {
      this.#signal.throwIfAborted()
      logger.warn({ reason: (error as Error).message }, 'will try again')
    } finally {
      for (const guid of changed) this.#duties.refresh(guid)
    }
  }

  /** @returns whether the role has finished. */
  async #work(): Promise<boolean> {
    const { journal, role, logger } = this.#options
    try {
      await role.work(journal.head, this.#signal)
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!isPassing(error)) throw error
      logger.warn({ reason: error.message }, 'will try again')
    }
    return role.finished?.() ?? false
  }

  /** What an event would have said of a bounty that this participant has a part in is read from the bounty. */
  #unreadable(guid: Guid | undefined): void {
    const { journal } = this.#options
    if (guid === undefined || (journal.bounties.standings(guid).length === 0 && !journal.plannedBounties.get(guid)))
      return
    this.#runner.suspect(guid)
    this.#duties.refresh(guid)
  }

  async #watchChain(): Promise<void> {
    const { journal, logger } = this.#options
    if (performance.now() - this.#lastBlockAt < SILENCE_MS) return
    this.#lastBlockAt = performance.now()
    try {
      const head = await this.#chainHead()
      if (head <= journal.head) return
      logger.warn({ head, known: journal.head }, 'the event stream is behind the chain, reading what is open')
      journal.head = head
      this.#duties.rebuild()
      this.#duties.compareAll()
    } catch (error) {
      this.#signal.throwIfAborted()
      logger.warn({ reason: (error as Error).message }, 'could not ask for the newest block')
    }
  }

  #miss(duty: MissedDuty): void {
    this.#missed.push(duty)
    this.#options.metrics?.add('polyswarm_missed_duties_total', 1, { duty: duty.kind })
  }

  #missedDuties(): DutyMissedError {
    return new DutyMissedError({
      duties: this.#missed.map(({ guid, kind, reason }) => `${kind} on ${guid}: ${reason}`),
    })
  }

  async #checkMarket(): Promise<void> {
    const { client, market } = this.#options
    checkMarket(market, marketOfGateway(await client.contracts(this.#signal)))
  }

  /** Behind the same address there may be another daemon, or a shorter chain, after a lost connection. */
  async #meetAgain(): Promise<void> {
    try {
      await this.#checkMarket()
      this.#options.journal.head = await this.#chainHead()
    } catch (error) {
      if (!isPassing(error)) throw error
      this.#options.logger.warn({ reason: error.message }, 'could not look at the market again')
    }
  }

  async #chainHead(): Promise<number> {
    const { client } = this.#options
    const status = await client.status(this.#signal)
    const chain = status[client.chain]
    if (chain?.reachable) return chain.block
    throw new GatewayUnavailableError({ url: client.url.origin, reason: `its ${client.chain} chain is not reachable` })
  }
}

/** The bounty of which an event changes what this account has to do; undefined for others. */
function bountyOf(event: MarketEvent, account: Address): Guid | undefined {
  if (event.event === 'bounty') return event.data.guid
  if (event.event !== 'quorum' && partyOf(event) !== account) return undefined
  return 'bounty_guid' in event.data ? event.data.bounty_guid : undefined
}
