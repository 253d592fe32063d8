import { mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { createTestClient, http } from 'viem'
import { ArbiterRole } from '../../participants/dist/arbiter/arbiter-role.js'
import { eicarTruth } from '../../participants/dist/arbiter/eicar-truth.js'
import { PolyswarmdClient } from '../../participants/dist/client/polyswarmd-client.js'
import { loadMicroengine } from '../../participants/dist/microengine/load-backend.js'
import { MicroengineRole } from '../../participants/dist/microengine/microengine-role.js'
import { Journal } from '../../participants/dist/runtime/journal/journal.js'
import { openKeystore } from '../../participants/dist/runtime/keys/keystore.js'
import { marketOfGateway } from '../../participants/dist/runtime/market/market.js'
import { Participant } from '../../participants/dist/runtime/participant.js'
import type { Role } from '../../participants/dist/runtime/roles/role.js'
import { Wallet } from '../../participants/dist/runtime/transactions/wallet.js'
import { type TestAccount, TestMarket } from '../../participants/src/market.fixture.ts'
import { ConsumerService, type ConsumerServiceOptions } from './consumer-service.ts'

const MEGABYTE = 1024 * 1024

/** A participant that takes part within the test's own process. */
interface Running {
  journal: Journal
  stop(): Promise<void>
}

/**
 * A market with a consumer service, whose participants run in this process. Blocks are mined by the test, one once everybody
 * has heard of the one before: nobody is late because the machine is busy.
 */
export class ConsumerMarket {
  readonly market: TestMarket
  readonly #participants: Running[] = []
  readonly #node
  readonly #options: Partial<ConsumerServiceOptions>
  service!: ConsumerService
  #serving: Running | undefined

  private constructor(market: TestMarket, options: Partial<ConsumerServiceOptions>) {
    this.market = market
    this.#options = options
    this.#node = createTestClient({ transport: http(market.chain.rpcUrl), mode: 'anvil' })
  }

  static async start(options: Partial<ConsumerServiceOptions> = {}): Promise<ConsumerMarket> {
    const made = new ConsumerMarket(await TestMarket.start({ revealWindow: 6, voteWindow: 6 }), options)
    await made.market.chain.rpc('evm_setAutomine', [false])
    await made.#serve()
    return made
  }

  async #serve(): Promise<void> {
    const data = join(this.market.directory, 'consumer')
    mkdirSync(data, { recursive: true })
    this.service = await ConsumerService.start({
      ...{
        data,
        host: '127.0.0.1',
        port: 0,
        hosts: [],
        webhookAddresses: ['127.0.0.1'],
        logger: pino({ level: 'silent' }),
        duration: 12,
        inFlight: 10,
      },
      ...{
        keysRequired: false,
        requestsPerMinute: 100_000,
        gather: 0,
        freshFor: 3_600_000,
        budget: null,
        retention: null,
      },
      ...{ maxStoredBytes: 1024 * MEGABYTE, maxArtifactSize: MEGABYTE, nameOf: (address) => address },
      ...this.#options,
    })
    await this.resume()
  }

  /** Ends the service's part in the market: what it takes in waits. */
  async pause(): Promise<void> {
    await this.#leave(this.#serving)
  }

  /** Lets the service take part again. */
  async resume(): Promise<void> {
    this.#serving = await this.#join(this.service.role(), this.market.accounts.ambassador)
  }

  /** Lets an engine take part. */
  async engine(backends = ['eicar']): Promise<void> {
    const engine = await loadMicroengine(backends, {}, { inform: () => undefined, warn: () => undefined } as never)
    await this.#join(new MicroengineRole({ engine, maxArtifactSize: MEGABYTE }), this.market.accounts.engine)
  }

  /** Lets an arbiter take part, who knows EICAR, and waits for its stake. */
  async arbiter(): Promise<void> {
    const role = new ArbiterRole({ truth: eicarTruth(), maxArtifactSize: MEGABYTE })
    const { journal } = await this.#join(role, this.market.accounts.arbiter)
    await this.until(() => journal.outbox.lastAttempt('' as never, 'stake').state === 'mined')
  }

  /** Mines blocks, one at a time, until something is so. */
  async until<T>(condition: () => T | Promise<T>): Promise<Exclude<Awaited<T>, false | null | undefined>> {
    for (;;) {
      const met = await condition()
      if (met) return met as Exclude<Awaited<T>, false | null | undefined>
      await this.block()
    }
  }

  /** Mines a block, waits until everybody has heard of it, and gives them a moment to act. */
  async block(): Promise<void> {
    await this.#node.mine({ blocks: 1 })
    const head = Number(await this.market.node.getBlockNumber({ cacheTime: 0 }))
    while (this.#participants.some(({ journal }) => journal.head < head)) await delay(5)
    await delay(60)
  }

  /** Names of all files that the service keeps. */
  files(): string[] {
    return readdirSync(join(this.market.directory, 'consumer', 'artifacts'), { recursive: true }).map((file) =>
      basename(String(file)),
    )
  }

  async stop(): Promise<void> {
    for (const participant of [...this.#participants]) await this.#leave(participant)
    await this.service.stop()
    await this.market.stop()
  }

  async #leave(participant: Running | undefined): Promise<void> {
    if (!participant) return
    this.#participants.splice(this.#participants.indexOf(participant), 1)
    await participant.stop()
  }

  async #join(role: Role, account: TestAccount): Promise<Running> {
    const key = await openKeystore(account.keyfile, 'correct horse')
    const client = new PolyswarmdClient({ url: new URL(this.market.url), account: key.address, chain: 'side' })
    const owner = { account: key.address, role: role.name }
    const journal = Journal.open(account.keyfile.replace(/\.json$/, '.sqlite'), owner)
    const market = marketOfGateway(await client.contracts())
    journal.pinMarket(market)
    const stop = new AbortController()
    const limits = { maxGas: 30_000_000n, maxGasPrice: 500_000_000_000n }
    const logger = pino({ level: process.env.DEBUG_MARKET ?? 'silent' })
    const participant = new Participant({
      ...{ client, wallet: new Wallet(key), journal, market, role, limits, logger },
      confirmations: 2,
      interval: 20,
    })
    const running = participant.run(stop.signal)
    const joined: Running = {
      journal,
      stop: async () => {
        stop.abort()
        await running
        journal.close()
        client.close()
      },
    }
    this.#participants.push(joined)
    return joined
  }
}
