import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { bloomOf, bountyRegistryAbi, type Guid, newGuid, voteStart } from '@polyswarm/protocol'
import { pino } from 'pino'
import { decodeFunctionData, type Hex } from 'viem'
import { PolyswarmdClient, type PolyswarmdClientOptions } from '../client/polyswarmd-client.ts'
import { type TestAccount, TestMarket } from '../market.fixture.ts'
import { Journal } from '../runtime/journal/journal.ts'
import { openKeystore } from '../runtime/keys/keystore.ts'
import { marketOfGateway } from '../runtime/market/market.ts'
import { Participant } from '../runtime/participant.ts'
import { Metrics } from '../runtime/reports/metrics.ts'
import { Wallet } from '../runtime/transactions/wallet.ts'
import { postAsStranger } from '../stranger.fixture.ts'
import { ArbiterRole } from './arbiter-role.ts'
import type { UnknownPolicy } from './ballot.ts'
import { CaseBook } from './cases/case-book.ts'
import { CaseDesk } from './cases/case-desk.ts'
import { OrderedTruth } from './ordered-truth.ts'
import type { TruthSource } from './truth-source.ts'

const MEGABYTE = 1024 * 1024
/** Of `voteOnBounty`. */
const VOTE_SELECTOR = '27028aae'

/** Where the process of an arbiter ends that sends its vote. */
type Death = 'before the vote is sent' | 'after the vote is sent'

/** A client of an arbiter that comes no further than its death: from there on it waits for its end. */
class DyingClient extends PolyswarmdClient {
  readonly died = Promise.withResolvers<void>()
  readonly #death: Death

  constructor(options: PolyswarmdClientOptions, death: Death) {
    super(options)
    this.#death = death
  }

  override async sendTransactions(raw: readonly Hex[], signal?: AbortSignal) {
    const isVote = raw.some((hex) => hex.includes(VOTE_SELECTOR))
    if (!isVote || this.#death === 'after the vote is sent') {
      const answer = await super.sendTransactions(raw, signal)
      if (!isVote) return answer
    }
    this.died.resolve()
    return new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  }
}

/** How an arbiter of a test takes part. */
export interface TestArbiterOptions {
  sources: TruthSource[]
  unknown?: UnknownPolicy
  /** Name of its journal and case book: the same for one that is started again. */
  name?: string
  /** Whose it is; that of the market's first arbiter by default. */
  account?: TestAccount
  dies?: Death
}

/** An arbiter that takes part within the test's own process. */
export interface TestArbiter {
  journal: Journal
  book: CaseBook
  desk: CaseDesk
  metrics: Metrics
  /** Where it dies. */
  died: Promise<void> | undefined
  stop(): Promise<void>
}

/** A market in which blocks come when the test wants them, with arbiters in its own process, and bounties without engines. */
export class ArbiterMarket {
  readonly market: TestMarket
  /** The accounts that may vote. */
  readonly arbiters: readonly TestAccount[]
  readonly #running = new Set<TestArbiter>()

  private constructor(market: TestMarket, arbiters: readonly TestAccount[]) {
    this.market = market
    this.arbiters = arbiters
  }

  static async start(voteWindow = 12, arbiters = 1): Promise<ArbiterMarket> {
    const market = await TestMarket.start({ revealWindow: 2, voteWindow })
    const accounts = [market.accounts.arbiter]
    while (accounts.length < arbiters) accounts.push(await market.newArbiter(`arbiter-${accounts.length}`))
    await market.chain.rpc('evm_setAutomine', [false])
    return new ArbiterMarket(market, accounts)
  }

  /** Lets an arbiter take part. */
  async arbiter({
    sources,
    unknown,
    name = 'arbiter',
    account: whose,
    dies,
  }: TestArbiterOptions): Promise<TestArbiter> {
    const { keyfile, account } = whose ?? this.market.accounts.arbiter
    const key = await openKeystore(keyfile, 'correct horse')
    const options = { url: new URL(this.market.url), account: account.address, chain: 'side' } as const
    const client = dies ? new DyingClient(options, dies) : new PolyswarmdClient(options)
    const owner = { account: account.address, role: 'arbiter' }
    const journal = Journal.open(join(this.market.directory, `${name}.sqlite`), owner)
    const market = marketOfGateway(await client.contracts())
    journal.pinMarket(market)
    const book = CaseBook.open(join(this.market.directory, `${name}.cases.sqlite`))
    const metrics = new Metrics()
    const desk = new CaseDesk({
      ...{ book, metrics, chain: 'side', keptFor: 86_400_000, now: () => Date.now() },
    })
    const truth = new OrderedTruth(sources)
    const role = new ArbiterRole({ truth, desk, metrics, maxArtifactSize: MEGABYTE, ...(unknown && { unknown }) })
    const stop = new AbortController()
    const limits = { maxGas: 30_000_000n, maxGasPrice: 500_000_000_000n }
    const logger = pino({ level: process.env.DEBUG_MARKET ?? 'silent' })
    const participant = new Participant({
      ...{ client, wallet: new Wallet(key), journal, market, role, limits, logger, metrics },
      ...{ confirmations: 2, interval: 20 },
    })
    const over = participant.run(stop.signal)
    const running: TestArbiter = {
      ...{ journal, book, desk, metrics, died: client instanceof DyingClient ? client.died.promise : undefined },
      stop: async () => {
        this.#running.delete(running)
        stop.abort()
        await over
        for (const open of [journal, book, client]) open.close()
      },
    }
    over.catch(() => undefined)
    this.#running.add(running)
    await this.until(() => journal.judgements.tally('stake') > 0n)
    return running
  }

  /** Posts a bounty as a stranger does. @param filtered the addresses that its filter is of, where these are not its own. */
  async post(contents: readonly (string | Uint8Array)[], metadata = '', filtered?: readonly string[]): Promise<Guid> {
    const form = new FormData()
    for (const [index, content] of contents.entries()) form.append('file', new Blob([content as never]), `${index}`)
    const uploaded = await fetch(`${this.market.url}/artifacts/`, { method: 'POST', body: form })
    const { result: uri } = (await uploaded.json()) as { result: string }
    const listed = await fetch(`${this.market.url}/artifacts/${uri}/`)
    const { result } = (await listed.json()) as { result: { hash: string }[] }
    const guid = newGuid()
    const [numArtifacts, amount] = [contents.length, BigInt(contents.length) * 2n * 10n ** 18n]
    const bloom = bloomOf(filtered ?? result.map(({ hash }) => hash))
    await postAsStranger(this.market, [{ guid, uri, numArtifacts, amount, bloom, metadata, duration: 2 }])
    return guid
  }

  /** Those who voted on a bounty, in the order of their votes. */
  async voters(guid: Guid): Promise<string[]> {
    const votes = await this.market.events('NewVote')
    const plain = BigInt(`0x${guid.replaceAll('-', '')}`)
    return votes.flatMap(({ args }) => (args.bountyGuid === plain ? [args.voter ?? ''] : []))
  }

  /** What those who voted on a bounty said of its filter. */
  async bloomVotes(guid: Guid): Promise<boolean[]> {
    const votes = await this.market.events('NewVote')
    const plain = BigInt(`0x${guid.replaceAll('-', '')}`)
    const calls = votes.flatMap(({ args, transactionHash }) => (args.bountyGuid === plain ? [transactionHash] : []))
    return Promise.all(
      calls.map(async (hash) => {
        const { input } = await this.market.node.getTransaction({ hash })
        const { functionName, args } = decodeFunctionData({ abi: bountyRegistryAbi, data: input })
        if (functionName !== 'voteOnBounty') throw new Error(`${functionName} is no vote`)
        return args[2]
      }),
    )
  }

  /** The votes on a bounty. */
  async votes(guid: Guid): Promise<bigint[]> {
    const votes = await this.market.events('NewVote')
    const plain = BigInt(`0x${guid.replaceAll('-', '')}`)
    return votes.flatMap(({ args }) => (args.bountyGuid === plain ? [args.votes ?? 0n] : []))
  }

  /** Mines blocks, one at a time, until something is so. */
  async until<T>(condition: () => T | Promise<T>): Promise<Exclude<Awaited<T>, false | null | undefined>> {
    for (let block = 0; block < 200; block++) {
      const met = await condition()
      if (met) return met as Exclude<Awaited<T>, false | null | undefined>
      await this.block()
    }
    throw new Error(`it is not so after 200 blocks: ${condition}`)
  }

  /** Mines a block, and waits until everybody has heard of it and has begun what is due with it. */
  async block(): Promise<void> {
    await this.market.chain.mine(1)
    const head = Number(await this.market.node.getBlockNumber({ cacheTime: 0 }))
    while ([...this.#running].some(({ journal }) => journal.head < head)) await delay(5)
    // What never ends is for the test to find out.
    for (let look = 0; look < 400 && [...this.#running].some(isBusy); look++) await delay(10)
    await delay(30)
  }

  async stop(): Promise<void> {
    for (const arbiter of [...this.#running]) await arbiter.stop()
    await this.market.stop()
  }
}

/** Whether it decides on something, or has a vote to send that can be sent. */
function isBusy({ journal, died }: TestArbiter): boolean {
  if (died !== undefined) return false
  if (journal.bounties.undecided(journal.head).count > 0) return true
  return journal.bounties.standings().some(({ guid, windows, expiration, vote }) => {
    if (!windows || !vote || vote.cast || voteStart({ ...windows, expiration }) - 1 > journal.head) return false
    return journal.outbox.lastAttempt(guid, 'vote').state === 'none'
  })
}
