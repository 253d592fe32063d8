import { MAX_ARTIFACT_SIZE } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { parseGatewayUrl } from '../client/gateway-url.js'
import type { ChainName } from '../client/polyswarmd-client.js'
import { participate } from '../runtime/participation.js'
import { createLogger } from '../runtime/reports/logger.js'
import type { GasLimits } from '../runtime/transactions/gas-quotes.js'
import { Wallet } from '../runtime/transactions/wallet.js'
import type { RiskLimits } from '../staking/risk-limits.js'
import type { DefinedMicroengine } from './define-microengine.js'
import { Microengine } from './microengine.js'
import { MicroengineRole } from './microengine-role.js'

/** Which engine takes part, with which account, and where. */
export interface StartMicroengineOptions {
  engine: Microengine | DefinedMicroengine
  /** Signs what the engine does, and is paid: see `openKeystore`. */
  account: PrivateKeyAccount
  /** polyswarmd, as `host:port` or URL; http://localhost:31337 by default. */
  polyswarmd?: string
  /** `side` by default. */
  chain?: ChainName
  apiKey?: string
  /** Lets the API key travel over http to a host that is not this machine. */
  allowKeyOverHttp?: boolean
  /** Path of the `market.json` whose contracts are signed for; without it, those that polyswarmd names at the first start. */
  market?: string
  /**
   * Path of the file that remembers what is promised; by account and chain below the state directory by default. Never delete
   * it while bounties are open.
   */
  journal?: string
  /** Largest artifact that is fetched, in bytes; 33 MiB by default. */
  maxArtifactSize?: number
  /** Bounties that are worked on at the same time; 8 by default. */
  bountiesAtATime?: number
  /** The most that may be lost; all that the account has by default. */
  riskLimits?: RiskLimits
  /** The most gas of a transaction, and the most that it may cost. */
  limits?: Partial<GasLimits>
  /** Warnings and errors go to standard error by default. */
  logger?: Logger
  /** Ends the engine as `stop` does, also while it is starting. */
  signal?: AbortSignal
}

/** An engine that takes part. */
export interface RunningMicroengine {
  readonly account: Address
  /** Settles once the engine has ended; rejects where an error ended it. */
  readonly ended: Promise<void>
  /** Ends it. What is promised stays in the journal, and is kept when it is started again. Rejects as `ended` does. */
  stop(): Promise<void>
}

/**
 * Lets a microengine take part in a market, in this process, which must not keep the event loop busy: the engine reveals
 * from it, too. An engine that has promised something reveals and settles it before it takes on anything else.
 *
 * @returns the engine, once polyswarmd has answered, the contracts are pinned and the engine is set up.
 * @throws InvalidGatewayAddressError, ApiKeyOverHttpError, MarketFileError, MarketMismatchError, JournalError,
 * JournalLockedError where another process runs with this account, and what the engine's setup throws.
 *
 * `examples/engine-in-a-program.ts` is a whole program.
 */
export async function startMicroengine(options: StartMicroengineOptions): Promise<RunningMicroengine> {
  const { engine, account, chain = 'side', maxArtifactSize = MAX_ARTIFACT_SIZE, bountiesAtATime } = options
  const { logger = createLogger({ level: 'warn', format: 'text' }, process.stderr), riskLimits } = options
  const { apiKey, allowKeyOverHttp, market, journal, limits, signal } = options
  const polyswarmd = parseGatewayUrl(options.polyswarmd ?? 'http://localhost:31337')
  const stop = new AbortController()
  const either = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])])
  const ready = Promise.withResolvers<void>()
  const role = new MicroengineRole({
    engine: engine instanceof Microengine ? engine : engine.create(),
    maxArtifactSize,
    ...(riskLimits && { riskLimits }),
  })
  const ended = participate(
    {
      ...{ polyswarmd, chain, role, logger, apiKey, allowKeyOverHttp, market, journal },
      wallet: new Wallet(account),
      ready: ready.resolve,
      ...(limits && { limits }),
      ...(bountiesAtATime !== undefined && { concurrency: bountiesAtATime }),
    },
    either,
  )
  ended.catch((error: Error) => {
    if (!either.aborted) logger.error({ reason: error.message }, 'the engine has ended')
  })
  await Promise.race([ready.promise, ended])
  either.throwIfAborted()
  return {
    account: account.address,
    ended,
    stop: () => {
      stop.abort(new DOMException('The engine is stopped.', 'AbortError'))
      return ended
    },
  }
}
