import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { PolyswarmdClient } from '@polyswarm/participants'
import { readDecisions } from '@polyswarm/participants/runtime'
import { amountText, type Guid, stringifyJson, visibleText } from '@polyswarm/protocol'
import { pino } from 'pino'
import type { Address } from 'viem'
import { Interruption } from './interruption.js'
import { type MarketEvents, type RunningMarket, startMarket } from './market.js'
import { absenceText, absentEngines, type EngineDecision } from './report/absence.js'
import { AccountNames } from './report/account-names.js'
import { nct } from './report/amount-text.js'
import { bountyTable } from './report/bounty-table.js'
import { colors } from './report/colors.js'
import { GuestOutput } from './report/guest-output.js'
import { bountyEntry, type MarketDocument } from './report/market-document.js'
import { nextSteps } from './report/next-steps.js'
import { Scoreboard } from './report/scoreboard.js'
import { absentLine, progressLine, shortGuid, storyLine, unansweredLine } from './report/story.js'
import { TableShelf } from './report/table-shelf.js'
import { type StoryTeller, storyTeller } from './report/terminal.js'
import { plainText } from './report/text-table.js'
import { type MarketSettings, USUAL_DATA } from './settings.js'
import { type BountyRecord, isSettled, settlementBlock, unsettledParties } from './watch/bounty-record.js'
import { ClosedWindows } from './watch/closed-windows.js'
import { MarketWatch } from './watch/market-watch.js'
import { MoneyCheck, type MoneyCount } from './watch/money-check.js'

/** Blocks after the end of a bounty by which everybody must have settled, where nothing is wrong. */
const SETTLEMENT_LIMIT_BLOCKS = 60

/** Artifacts of the longest table that is told whole. */
const LONGEST_TABLE = 24

/** Blocks within which everything must be posted, where nothing is wrong. */
const POSTING_LIMIT_BLOCKS = 900

/**
 * Runs a market and tells its story: until Ctrl-C, or with `once` until all that was posted is settled.
 *
 * @returns the exit status: 0, or 1 where something that was due did not happen.
 * @throws the errors of startMarket.
 */
export async function runMarket(settings: MarketSettings): Promise<0 | 1> {
  const teller = storyTeller(settings.json ? process.stderr : process.stdout)
  const interruption = new Interruption()
  const { stopping, force } = interruption
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.hear(performance.now()))
  }
  let market: RunningMarket | undefined
  const complaints: string[] = []
  try {
    const outputs = new Map<string, GuestOutput>()
    const events: MarketEvents = {
      guestWrote: (name, line, log) => {
        const output = outputs.get(name) ?? new GuestOutput(name, log, () => performance.now())
        outputs.set(name, output)
        teller.say(...output.lines(line))
      },
      step: (text) => {
        teller.say(colors.dim(`· ${text}`))
        teller.now([text])
        stopping.throwIfAborted()
      },
      ending: (names) => teller.now([endingText(names, force.aborted)]),
      restarted: (name, how, said, log) => {
        teller.say(colors.yellow(`! ${name} ${how} and is started again`))
        teller.say(...(said === '' ? [] : [`  it said: ${plainText(said, 300)}`]), `  its log: ${log}`)
      },
      changed: (name) => teller.say(colors.dim(`· ${name} has changed and is being tried`)),
      reloaded: (name) => teller.say(colors.green(`· ${name} runs as its files are now`)),
      refused: (name, isRunning, reason) =>
        teller.say(
          colors.yellow(
            `! ${name} ${isRunning ? 'goes on as it was' : 'does not run'}: mend its files, and it is tried again`,
          ),
          ...reason.map((line) => `  ${plainText(line, 200)}`),
        ),
      failed: (error) => {
        complaints.push(error.message)
        interruption.stop()
      },
    }
    stopping.addEventListener('abort', () => interruption.isAsked && teller.say(colors.dim(STOPPING)))
    force.addEventListener('abort', () => teller.say(colors.dim('· stopping at once')))
    market = await startMarket(settings, events, interruption)
    const run = new MarketRun(market, settings, teller)
    await run.follow(interruption)
    complaints.push(...run.complaints())
    if (settings.json) process.stdout.write(`${stringifyJson(await run.document())}\n`)
    else if (settings.once) {
      teller.say(await run.farewell(), '', ...nextSteps(undefined, process.env.npm_lifecycle_event))
    }
  } catch (error) {
    if (!stopping.aborted) throw error
  } finally {
    await market?.stop(force)
    for (const complaint of complaints) teller.say(colors.red(visibleText(complaint)))
    teller.close()
  }
  return complaints.length > 0 ? 1 : 0
}

const STOPPING =
  '· stopping: no block is mined any more, so that nothing is missed, and the next start goes on here; Ctrl-C again stops at once'

/** What the end of a market waits for. */
function endingText(names: readonly string[], isForced: boolean): string {
  if (names.length === 0) return 'writing down the chain'
  const what = names.length > 4 ? `${names.length} programs` : names.join(', ')
  return isForced ? `ending ${what}` : `waiting for ${what} to write down what they owe; Ctrl-C stops at once`
}

/** One run of a market, from the first bounty of this start to the last. */
class MarketRun {
  readonly #market: RunningMarket
  readonly #settings: MarketSettings
  readonly #teller: StoryTeller
  readonly #names: AccountNames
  readonly #client: PolyswarmdClient
  readonly #watch: MarketWatch
  readonly #money: MoneyCheck
  readonly #told = new Set<string>()
  readonly #tables: TableShelf
  readonly #scores = new Scoreboard()
  readonly #closed = new ClosedWindows()
  /** Why nobody has asserted on a bounty. */
  readonly #silence = new Map<Guid, string>()
  #before: MoneyCount | undefined
  #firstSettled: number | null = null
  #hasAdvised = false

  constructor(market: RunningMarket, settings: MarketSettings, teller: StoryTeller) {
    this.#market = market
    this.#settings = settings
    this.#teller = teller
    this.#names = new AccountNames(market.file)
    this.#tables = new TableShelf(join(settings.data, 'tables'))
    const { polyswarmd, accounts } = market.file
    const account = (accounts.ambassador?.address ?? '0x') as Address
    this.#client = new PolyswarmdClient({ url: new URL(polyswarmd), account, chain: 'side' })
    this.#watch = new MarketWatch(this.#client, pino({ level: 'silent' }), (record) => this.#isWanted(record))
    this.#money = new MoneyCheck(market.file)
  }

  /** Opens the market and follows it until it is interrupted; with `once`, until everything is settled. */
  async follow(interruption: Interruption): Promise<void> {
    const { polyswarmd, chainRpc, consumerApi, dashboard, faucet, home } = this.#market.file
    this.#before = await this.#money.count()
    const start = Number(this.#before.block)
    this.#teller.say(
      `polyswarmd ${colors.bold(polyswarmd)}  chain ${colors.bold(chainRpc)}  data ${colors.bold(this.#settings.data)}`,
      ...(dashboard === undefined ? [] : [`see the market: ${colors.bold(dashboard)}`]),
      ...(consumerApi === undefined ? [] : [`ask what a file is: ${colors.bold(consumerApi)}`]),
      ...(home
        ? [
            `home chain ${colors.bold(home.chainRpc)}  (npm run balancemanager -- deposit 10 --wait --market ${join(this.#settings.data, 'market.json')} --keyfile FILE)`,
          ]
        : []),
      `faucet ${colors.bold(faucet ?? 'none')}  (npm run account -- fund --market ${join(this.#settings.data, 'market.json')} --keyfile FILE)`,
      this.#market.continued ? `The market goes on at block ${start}.` : 'The market is open. Ctrl-C stops it.',
    )
    this.#market.open()
    await this.#watch.run(
      {
        bounty: (event, record) => {
          if ('block_number' in event && event.block_number <= start) return
          const line = storyLine(event, record, this.#names)
          if (line) this.#teller.say(line)
          if (isSettled(record) && !this.#told.has(record.guid)) {
            this.#told.add(record.guid)
            this.#firstSettled ??= Math.round(process.uptime() * 100) / 100
            this.#scores.add(record)
            this.#teller.say('', ...this.#tableOf(record), ...this.#score(), '')
            this.#tellNextSteps(start)
          }
        },
        unreadable: (event, reason) => {
          const what = event.event === 'bounty' ? `bounty ${shortGuid(event.data.guid)}` : `an event (${event.event})`
          this.#teller.say(colors.yellow(`! ${what} cannot be read: ${plainText(reason, 200)}`))
        },
        block: (number) => {
          this.#market.followed(number)
          this.#teller.now([progressLine(this.#watch.open, number)])
          this.#tellAbsent(number, start)
          if (this.#settings.once && number > start && this.#isOver(start)) interruption.stop()
        },
        forgotten: (guid) => this.#told.delete(guid),
        reorg: (number) => this.#teller.say(colors.yellow(`! the chain went back to block ${number}`)),
      },
      interruption.stopping,
    )
  }

  /** Who has not asserted where they should have, or nobody has; the engines' journals say why. */
  #tellAbsent(head: number, start: number): void {
    const records = this.#closed.next(this.#watch.open, head).filter(({ postedAt }) => postedAt > start)
    const missing = this.#market.engines.map((engine) => ({
      ...engine,
      records: records.filter(({ assertions }) => !assertions.some(({ author }) => this.#isOf(author, engine.name))),
    }))
    // Journals are opened for those alone: nearly always all have asserted.
    const decisions = missing
      .filter((engine) => engine.records.length > 0)
      .map(({ name, journal, records: their }) => {
        const guids = their.map(({ guid }) => guid)
        return { engine: name, guids: new Set(guids), known: decisionsIn(journal, guids) }
      })
    for (const record of records) {
      const answers = decisions
        .filter(({ guids }) => guids.has(record.guid))
        .map(({ engine, known }) => ({ engine, decision: known.get(record.guid) }))
      if (record.assertions.length === 0) this.#tellSilence(record, answers)
      else this.#tellMissing(record, absentEngines(answers))
    }
  }

  #isOf(account: Address, engine: string): boolean {
    return this.#names.nameOf(account) === engine
  }

  #tellSilence(record: BountyRecord, answers: readonly EngineDecision[]): void {
    const why = absenceText(record, answers, this.#settings.blockTime)
    if (this.#settings.once) this.#silence.set(record.guid, why)
    this.#teller.say(unansweredLine(record, why))
  }

  #tellMissing(record: BountyRecord, missing: readonly EngineDecision[]): void {
    if (missing.length === 0) return
    this.#teller.say(absentLine(record, absenceText(record, missing, this.#settings.blockTime)))
  }

  /** What was due and did not happen, in sentences. */
  complaints(): string[] {
    if (!this.#settings.once) return []
    const { bounties } = this.#market.artifacts
    const posted = this.#own()
    const missing = posted.length < bounties ? [`Only ${posted.length} of ${bounties} bounties were posted.`] : []
    return [...missing, ...posted.flatMap((record) => this.#complaintsAbout(record))]
  }

  async document(): Promise<MarketDocument> {
    const { before, after, conserved } = await this.#count()
    return {
      bounties: this.#own().map((record) => bountyEntry(record, this.#names)),
      supply: { before: before.supply.toString(), after: after.supply.toString() },
      conserved,
      firstSettledSeconds: this.#firstSettled,
    }
  }

  async farewell(): Promise<string> {
    const { before, after, conserved } = await this.#count()
    const burned = before.supply - after.supply
    const sum = conserved ? 'every base unit is accounted for' : colors.red('the accounts do not add up')
    const count = this.#own().length
    return `${count} ${count === 1 ? 'bounty is' : 'bounties are'} settled; of ${nct(before.supply)}, ${amountText(burned)} were burned, and ${sum}.`
  }

  #complaintsAbout(record: BountyRecord): string[] {
    const name = `Bounty ${shortGuid(record.guid)}`
    const idle = unsettledParties(record).map((party) => `${name}: ${this.#names.nameOf(party)} did not settle.`)
    const sealed = record.assertions
      .filter(({ verdicts }) => verdicts === null)
      .map(({ author }) => `${name}: ${this.#names.nameOf(author)} did not reveal.`)
    const silent = [
      ...(record.assertions.length === 0 ? [`${name}: no microengine asserted${this.#because(record)}.`] : []),
      ...(record.votes.length === 0 ? [`${name}: no arbiter voted.`] : []),
    ]
    return [...sealed, ...silent, ...idle]
  }

  #because({ guid }: BountyRecord): string {
    const why = this.#silence.get(guid)
    return why === undefined ? '' : ` (${why})`
  }

  async #count() {
    const parties = [...this.#watch.bounties.values()].flatMap(({ author, assertions, votes }) => [
      author,
      ...assertions.map((assertion) => assertion.author),
      ...votes.map(({ voter }) => voter),
    ])
    const before = this.#before ?? (await this.#money.count(parties))
    const after = await this.#market.between(() => this.#money.count(parties))
    return { before, after, conserved: await this.#money.isConserved(before, after) }
  }

  /** The bounties of this run's ambassador, in the order of posting; those that an earlier run left open included. */
  #own(): BountyRecord[] {
    const start = Number(this.#before?.block ?? 0)
    const ambassador = this.#market.file.accounts.ambassador?.address
    return [...this.#watch.bounties.values()].filter(
      (record) =>
        record.author === ambassador && (record.postedAt > start || !isSettled(record) || this.#told.has(record.guid)),
    )
  }

  /** What is over is asked about in the end, or until all that is posted once is over. */
  #isWanted({ postedAt, guid }: BountyRecord): boolean {
    const { once, every } = this.#settings
    const isOwn = postedAt > Number(this.#before?.block ?? 0) || this.#told.has(guid)
    return isOwn && (once || (every === undefined && !this.#hasAdvised))
  }

  #isOver(start: number): boolean {
    const own = this.#own()
    const posted = own.filter(({ postedAt }) => postedAt > start).length
    const overdue = own.some(
      (record) => !isSettled(record) && this.#watch.head > settlementBlock(record) + SETTLEMENT_LIMIT_BLOCKS,
    )
    const idle = posted < this.#market.artifacts.bounties && this.#watch.head > start + POSTING_LIMIT_BLOCKS
    return overdue || idle || (posted >= this.#market.artifacts.bounties && own.every(isSettled))
  }

  /** A table that is too long for the story is cut, and is whole in a file. */
  #tableOf(record: BountyRecord): string[] {
    const { width } = this.#teller
    if (record.artifacts.length <= LONGEST_TABLE) return bountyTable(record, this.#names, { width })
    const whole = bountyTable(record, this.#names, { width: Number.POSITIVE_INFINITY })
    const file = this.#tables.put(record.guid, whole.map(stripVTControlCharacters))
    return [...bountyTable(record, this.#names, { width, rows: LONGEST_TABLE }), `  the whole table: ${file}`]
  }

  /** Where bounties come again and again, or an engine is being worked on, the sum of them says more than each. */
  #score(): string[] {
    const isLoop = this.#settings.guests.length > 0 || this.#settings.every !== undefined
    return isLoop ? [`  ${this.#scores.line(this.#names)}`] : []
  }

  /** Once, when what was posted first is settled. */
  #tellNextSteps(start: number): void {
    if (this.#settings.once || this.#settings.every !== undefined || this.#hasAdvised || !this.#isOver(start)) return
    this.#hasAdvised = true
    const data = this.#settings.data === resolve(USUAL_DATA) ? undefined : this.#settings.data
    const { polyswarmd, dashboard: page } = this.#market.file
    const market = { polyswarmd, page, data }
    this.#teller.say(...nextSteps(market, process.env.npm_lifecycle_event), '')
  }
}

/** A journal that cannot be read now says nothing; its engine may be starting again. */
function decisionsIn(journal: string, guids: readonly Guid[]): ReturnType<typeof readDecisions> {
  try {
    return readDecisions(journal, guids)
  } catch {
    return new Map()
  }
}
