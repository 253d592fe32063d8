import { setTimeout as delay } from 'node:timers/promises'
import { guidFromUint128 } from '@polyswarm/protocol'
import { pino } from 'pino'
import type { PrivateKeyAccount } from 'viem'
import { AmbassadorRole } from './ambassador/ambassador-role.ts'
import type { BountySource } from './ambassador/bounty-source.ts'
import { ArbiterRole } from './arbiter/arbiter-role.ts'
import { eicarTruth } from './arbiter/eicar-truth.ts'
import type { TruthSource } from './arbiter/truth-source.ts'
import { PolyswarmdClient } from './client/polyswarmd-client.ts'
import { type TestAccount, TestMarket } from './market.fixture.ts'
import type { Microengine } from './microengine/microengine.ts'
import { MicroengineRole, type MicroengineRoleOptions } from './microengine/microengine-role.ts'
import { Journal } from './runtime/journal/journal.ts'
import { openKeystore } from './runtime/keys/keystore.ts'
import { marketOfGateway } from './runtime/market/market.ts'
import { Participant } from './runtime/participant.ts'
import type { Role } from './runtime/roles/role.ts'
import { Wallet } from './runtime/transactions/wallet.ts'

const MEGABYTE = 1024 * 1024

/** What participants are made of. */
const SOURCES = {
  ...{ ArbiterRole, Journal, MicroengineRole, Participant, PolyswarmdClient, Wallet },
  ...{ eicarTruth, marketOfGateway, openKeystore },
}

/** The same as it was built, for a package whose own roles are made of that. */
export type ParticipantParts = typeof SOURCES

/** A participant that takes part within the test's own process. */
export interface Joined {
  journal: Journal
  address: PrivateKeyAccount['address']
  leave(): Promise<void>
}

/**
 * A market whose participants run in the test's own process, and whose blocks the test mines, one once everybody has heard
 * of the one before: nobody is late because the machine is busy.
 */
export class SteppedMarket {
  readonly market: TestMarket
  readonly #joined = new Set<Joined>()
  readonly #parts: ParticipantParts
  #batches = 0

  private constructor(market: TestMarket, parts: ParticipantParts) {
    this.market = market
    this.#parts = parts
  }

  /** @param accounts names of accounts besides those that every market has. */
  static async start(
    accounts: readonly string[] = [],
    windows = { revealWindow: 8, voteWindow: 8 },
    parts = SOURCES,
  ): Promise<{ market: SteppedMarket; accounts: TestAccount[] }> {
    const market = await TestMarket.start(windows)
    const made = await market.newAccounts(accounts)
    await market.chain.rpc('evm_setAutomine', [false])
    return { market: new SteppedMarket(market, parts), accounts: made }
  }

  /** Lets an engine take part. */
  engine(engine: Microengine, account = this.market.accounts.engine, part: Partial<MicroengineRoleOptions> = {}) {
    return this.join(new this.#parts.MicroengineRole({ engine, maxArtifactSize: MEGABYTE, ...part }), account)
  }

  /** Lets an arbiter take part, and waits for its stake. */
  async arbiter(truth: TruthSource = this.#parts.eicarTruth()): Promise<Joined> {
    const role = new this.#parts.ArbiterRole({ truth, maxArtifactSize: MEGABYTE })
    const joined = await this.join(role, this.market.accounts.arbiter)
    await this.mineUntil(() => joined.journal.outbox.lastAttempt(null, 'stake').state === 'mined')
    return joined
  }

  /** Lets an ambassador post one bounty for each list of contents, open for so many blocks. */
  post(bounties: readonly (readonly Uint8Array[])[], duration: number): Promise<Joined> {
    const source: BountySource = {
      ...{ name: 'test', artifactType: 'file', endless: false },
      plan: async () => bounties.map((_, index) => `${index}`),
      artifacts: async (plan) =>
        (bounties[Number(plan)] ?? []).map((content, index) => ({
          name: `${index}`,
          content: new Blob([new Uint8Array(content)]),
        })),
    }
    const batch = ++this.#batches
    const role = new AmbassadorRole({ source, duration, batch, count: 0, once: false, inFlight: bounties.length })
    return this.join(role, this.market.accounts.ambassador)
  }

  /** Lets somebody take part. */
  async join(role: Role, account: TestAccount): Promise<Joined> {
    const { Journal, Participant, PolyswarmdClient, Wallet, marketOfGateway, openKeystore } = this.#parts
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
    const joined: Joined = {
      journal,
      address: key.address,
      leave: async () => {
        this.#joined.delete(joined)
        stop.abort()
        await running
        journal.close()
        client.close()
      },
    }
    this.#joined.add(joined)
    return joined
  }

  /** Mines until so many bounties are posted, then waits until participants have decided on each, while no block comes. */
  async decided(count: number, participants: readonly Joined[]): Promise<void> {
    await this.mineUntil(async () => (await this.market.events('NewBounty')).length >= count)
    const posted = await this.market.events('NewBounty')
    const guids = posted.map(({ args }) => guidFromUint128(args.guid ?? 0n))
    const isDecided = ({ journal }: Joined) => guids.every((guid) => journal.bounties.get(guid)?.decision != null)
    await this.until(() => participants.every(isDecided))
  }

  /** Waits until something is so, while no block comes. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await delay(10)
  }

  /** Mines blocks, one at a time, until something is so. */
  async mineUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await this.mine()
  }

  /** Mines a block, waits until everybody has heard of it, and gives them a moment to act. */
  async mine(): Promise<void> {
    await this.market.chain.mine()
    const head = Number(await this.market.node.getBlockNumber({ cacheTime: 0 }))
    await this.until(() => [...this.#joined].every(({ journal }) => journal.head >= head))
    await delay(60)
  }

  /** @param before what ends between the participants and the market. */
  async stop(before?: () => Promise<void>): Promise<void> {
    await Promise.all([...this.#joined].map((each) => each.leave()))
    await before?.()
    await this.market.stop()
  }
}
