import { mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pino } from 'pino'
import { ArbiterRole } from '../../participants/dist/arbiter/arbiter-role.js'
import { eicarTruth } from '../../participants/dist/arbiter/eicar-truth.js'
import { PolyswarmdClient } from '../../participants/dist/client/polyswarmd-client.js'
import { loadMicroengine } from '../../participants/dist/microengine/load-backend.js'
import { MicroengineRole } from '../../participants/dist/microengine/microengine-role.js'
import { Journal } from '../../participants/dist/runtime/journal/journal.js'
import { openKeystore } from '../../participants/dist/runtime/keys/keystore.js'
import { marketOfGateway } from '../../participants/dist/runtime/market/market.js'
import { Participant } from '../../participants/dist/runtime/participant.js'
import { Wallet } from '../../participants/dist/runtime/transactions/wallet.js'
import type { TestMarket } from '../../participants/src/market.fixture.ts'
import { type Joined, type ParticipantParts, SteppedMarket } from '../../participants/src/stepped-market.fixture.ts'
import { ConsumerService, type ConsumerServiceOptions } from './consumer-service.ts'

const MEGABYTE = 1024 * 1024

/** Participants as they were built: the service's own role is made of these. */
const BUILT = {
  ...{ ArbiterRole, Journal, MicroengineRole, Participant, PolyswarmdClient, Wallet },
  ...{ eicarTruth, marketOfGateway, openKeystore },
} as never as ParticipantParts

/**
 * A market with a consumer service, whose participants run in this process. Blocks are mined by the test, one once everybody
 * has heard of the one before: nobody is late because the machine is busy.
 */
export class ConsumerMarket {
  readonly market: TestMarket
  readonly #stepped: SteppedMarket
  readonly #options: Partial<ConsumerServiceOptions>
  service!: ConsumerService
  #serving: Joined | undefined

  private constructor(stepped: SteppedMarket, options: Partial<ConsumerServiceOptions>) {
    this.market = stepped.market
    this.#stepped = stepped
    this.#options = options
  }

  static async start(options: Partial<ConsumerServiceOptions> = {}): Promise<ConsumerMarket> {
    const { market } = await SteppedMarket.start([], { revealWindow: 6, voteWindow: 6 }, BUILT)
    const made = new ConsumerMarket(market, options)
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
    await this.#serving?.leave()
  }

  /** Lets the service take part again. */
  async resume(): Promise<void> {
    this.#serving = await this.#stepped.join(this.service.role() as never, this.market.accounts.ambassador)
  }

  /** Lets an engine take part. */
  async engine(backends = ['eicar']): Promise<void> {
    const engine = await loadMicroengine(backends, {}, { inform: () => undefined, warn: () => undefined } as never)
    await this.#stepped.engine(engine as never)
  }

  /** Lets an arbiter take part, who knows EICAR, and waits for its stake. */
  async arbiter(): Promise<void> {
    await this.#stepped.arbiter()
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
  block(): Promise<void> {
    return this.#stepped.mine()
  }

  /** Gives the service's account so much NCT, in base units, and no more. */
  async fund(amount: bigint): Promise<void> {
    const { ambassador } = this.market.accounts
    const token = this.market.deployment.nectar_token_address
    await this.market.chain.rpc('anvil_dealERC20', [ambassador.account.address, token, `0x${amount.toString(16)}`])
    await this.block()
  }

  /** Names of all files that the service keeps. */
  files(): string[] {
    return readdirSync(join(this.market.directory, 'consumer', 'artifacts'), { recursive: true }).map((file) =>
      basename(String(file)),
    )
  }

  async stop(): Promise<void> {
    await this.#stepped.stop(() => this.service.stop())
  }
}
