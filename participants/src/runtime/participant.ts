import { setTimeout as delay } from 'node:timers/promises'
import { formatNct, type Guid, type MarketEvent } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { EventStream } from '../client/event-stream.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { withRetries } from '../client/retry.js'
import { DutyMissedError, GatewayUnavailableError } from '../errors.js'
import { DecisionDesk } from './decision-desk.js'
import type { MissedDuty } from './duty-log.js'
import { DutyRound } from './duty-round.js'
import { DutyRunner } from './duty-runner.js'
import type { GasLimits } from './gas-quotes.js'
import type { Journal } from './journal.js'
import { checkMarket, type MarketPin, marketOfGateway } from './market.js'
import { recordEvent } from './market-facts.js'
import { MetadataShelf } from './metadata-shelf.js'
import type { Metrics } from './metrics.js'
import { isPassing } from './passing-error.js'
import { ProgressReport } from './progress-report.js'
import { reconcile } from './reconciliation.js'
import type { ParticipantContext, Role } from './role.js'
import { TermsLookup } from './terms-lookup.js'
import { TransactionSender } from './transaction-sender.js'
import type { Wallet } from './wallet.js'

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
  /** File to say in, once a second, that all is well. */
  liveness?: string | undefined
}

/** While the past is replayed, blocks are written down this seldom. */
const BLOCKS_PER_WRITE = 256

/**
 * Milliseconds without a block after which polyswarmd is asked for the newest one: an event stream that lives and says
 * nothing must not make anybody miss a deadline.
 */
const BLOCK_PATIENCE = 10_000

/** Milliseconds for which a round over all bounties lets those go first that have just been heard of. */
const COURTESY = 50

/** About a minute: a market that is being started is waited for. */
const STARTING_PATIENCE = { tries: 12, firstDelay: 250, maxDelay: 6_000 }

/**
 * The loop that all roles share. Events go into the journal; what is due follows from the journal; each time the chain
 * moves, what is due is done. Nothing is kept in memory that a restart could not find again.
 */
export class Participant {
  readonly #options: ParticipantOptions
  readonly #context: ParticipantContext
  readonly #round: DutyRound
  readonly #sender: TransactionSender
  readonly #desk: DecisionDesk
  readonly #report: ProgressReport
  readonly #stop = new AbortController()
  readonly #missed: MissedDuty[] = []
  /** What is done beside the rounds. */
  readonly #attending = new Set<Promise<void>>()
  #signal: AbortSignal = this.#stop.signal
  /** Newest block of the chain when the replay of the past began. */
  #target = 0
  #caughtUp = false
  #blocksPassedOver = 0
  #lastBlockAt = performance.now()
  #wake = Promise.withResolvers<void>()

  constructor(options: ParticipantOptions) {
    this.#options = options
    const { client, journal, logger, wallet, role, confirmations = 12, concurrency = 8 } = options
    const now = () => performance.now()
    const shelf = new MetadataShelf(client, logger, now)
    const terms = new TermsLookup(client, journal)
    const scope = { client, journal, logger, shelf, terms, account: wallet.address }
    this.#sender = new TransactionSender({ ...options, confirmations, now })
    const sender = this.#sender
    const runner = new DutyRunner({ ...scope, sender, reconcile: (guid, signal) => reconcile(scope, guid, signal) })
    const perform: ParticipantContext['perform'] = (guid, kind) =>
      runner.perform(guid, kind, journal.head, this.#signal)
    this.#context = { ...scope, confirmations, perform }
    this.#round = new DutyRound({ ...scope, sender, runner, missed: (duty) => this.#miss(duty) })
    this.#report = new ProgressReport(options)
    this.#desk = new DecisionDesk({
      ...{ role, context: this.#context, concurrency },
      isBehind: () => this.#round.waiting > 0,
      decided: (guid) => this.#decided(guid),
    })
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
      tasks = [this.#listen(), this.#work()]
      await Promise.race(tasks)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      this.#stop.abort()
      await Promise.allSettled(tasks)
      await this.#desk.close()
      await Promise.allSettled(this.#attending)
      await role.teardown()
      await this.#report.end()
      logger.debug('stopped')
    }
  }

  async #start(): Promise<void> {
    const { client, role, journal, logger } = this.#options
    await withRetries(() => this.#checkMarket(), STARTING_PATIENCE, this.#signal)
    this.#target = await this.#chainHead()
    journal.head = this.#target
    await role.setup(this.#context, this.#signal)
    const unfinished = [...journal.bounties.standings(), ...journal.orders.unposted()]
    for (const { guid } of unfinished) await this.#compare(guid)
    logger.info({ account: client.account, journal: journal.path, unfinished: unfinished.length }, 'ready')
  }

  async #listen(): Promise<void> {
    const { client, journal, logger, apiKey, role } = this.#options
    const { url, chain } = client
    const onUnreadable = (guid: Guid | undefined) => this.#unreadable(guid)
    const stream = new EventStream({ url, chain, apiKey, since: journal.cursor ?? '0', logger, onUnreadable })
    const events = stream.events(this.#signal)
    const next = async (): Promise<MarketEvent | undefined> => (await events.next()).value ?? undefined
    for (let event = await role.waitForEvent(next); event; event = await role.waitForEvent(next)) {
      if (event.event === 'connected') await this.#meetAgain()
      this.#record(event)
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
      this.#lastBlockAt = performance.now()
      this.#caughtUp ||= event.data.number >= this.#target
      if (!this.#caughtUp) {
        if (++this.#blocksPassedOver % BLOCKS_PER_WRITE === 0 && event.cursor !== undefined)
          journal.cursor = event.cursor
        return
      }
    }
    const head = Math.max(journal.head, this.#target)
    recordEvent({ ...this.#context, wants: (bounty) => role.wants(bounty, head) }, event)
    if (event.event === 'settled_bounty' && event.data.settler === this.#context.account) {
      this.#options.metrics?.add('polyswarm_payouts_nct_total', Number(formatNct(event.data.payout)))
    }
    if (event.event === 'reorg' || event.event === 'connected') this.#sender.forget()
    if (event.event === 'reorg' && !this.#caughtUp) journal.head = this.#target
    if (event.event === 'bounty' && this.#caughtUp) this.#announced(event.data.guid)
    if (event.event !== 'block' && event.event !== 'reorg') return
    this.#beside('', this.#round.meetDeadlines(journal.head, this.#signal))
    this.#wake.resolve()
  }

  async #work(): Promise<void> {
    const { journal, role, logger, interval = 1_000, strict = false } = this.#options
    while (!this.#signal.aborted) {
      this.#wake = Promise.withResolvers()
      await this.#watchChain()
      await Promise.race([this.#quiet(), delay(COURTESY)])
      const { head } = journal
      await this.#round.run(head, this.#signal)
      await this.#report.make(head)
      try {
        this.#desk.review(head)
        await role.work(head, this.#signal)
      } catch (error) {
        this.#signal.throwIfAborted()
        if (!isPassing(error)) throw error
        logger.warn({ reason: error.message }, 'will try again')
      }
      if (strict && this.#missed.length > 0) throw this.#missedDuties()
      if (role.finished()) return
      const pause = new AbortController()
      const either = AbortSignal.any([this.#signal, pause.signal])
      await Promise.race([this.#wake.promise, delay(interval, undefined, { signal: either }).catch(() => undefined)])
      pause.abort()
    }
  }

  /** A bounty is decided on as soon as it is heard of: the block that it came with has nothing to add. */
  #announced(guid: Guid): void {
    if (this.#options.journal.bounties.get(guid)?.decision !== null) return
    this.#desk.consider(guid, this.#options.journal.head)
  }

  /** What an event would have said of a bounty that this participant has a part in is read from the bounty. */
  #unreadable(guid: Guid | undefined): void {
    const { journal } = this.#options
    if (guid === undefined || (journal.bounties.standings(guid).length === 0 && !journal.orders.get(guid))) return
    this.#beside(guid, reconcile(this.#context, guid, this.#signal))
  }

  /** Compares the journal with the chain, as far as polyswarmd's answers can be read. */
  async #compare(guid: Guid): Promise<void> {
    try {
      await reconcile(this.#context, guid, this.#signal)
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!isPassing(error)) throw error
      this.#options.logger.warn({ guid, reason: (error as Error).message }, 'will try again')
    }
  }

  /** What was decided is done at once, whatever else is due; the place it leaves goes to the next bounty. */
  #decided(guid: Guid): void {
    const { head } = this.#options.journal
    this.#beside(guid, this.#round.attend(guid, head, this.#signal))
    this.#desk.review(head)
  }

  /** Lets work go on beside the rounds. What fails is tried again by the next. */
  #beside(guid: Guid | '', work: Promise<void>): void {
    const attending = work.catch((error: Error) => {
      if (this.#signal.aborted) return
      this.#options.logger.warn({ ...(guid !== '' && { guid }), reason: error.message }, 'will try again')
    })
    this.#attending.add(attending)
    void attending.then(() => this.#attending.delete(attending))
  }

  /** Ends when nothing that began with this block's events is being decided or sent any more. */
  async #quiet(): Promise<void> {
    await this.#desk.idle()
    await Promise.allSettled(this.#attending)
  }

  async #watchChain(): Promise<void> {
    const { journal, logger } = this.#options
    if (performance.now() - this.#lastBlockAt < BLOCK_PATIENCE) return
    this.#lastBlockAt = performance.now()
    try {
      const head = await this.#chainHead()
      if (head <= journal.head) return
      logger.warn({ head, known: journal.head }, 'the event stream is behind the chain, reading what is open')
      journal.head = head
      for (const { guid } of journal.bounties.standings()) await this.#compare(guid)
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
