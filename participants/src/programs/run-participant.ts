import type { Logger } from 'pino'
import type { Address } from 'viem'
import { BalanceWatch } from '../alerts/balance-watch.js'
import type { ChainName } from '../client/polyswarmd-client.js'
import { InvalidOptionError } from '../errors.js'
import { keepHistory } from '../runtime/journal/history-keeper.js'
import type { Journal } from '../runtime/journal/journal.js'
import { openKeystore } from '../runtime/keys/keystore.js'
import { findPassword } from '../runtime/keys/password.js'
import { participate } from '../runtime/participation.js'
import { createLogger } from '../runtime/reports/logger.js'
import { Metrics } from '../runtime/reports/metrics.js'
import { serveMetrics } from '../runtime/reports/metrics-server.js'
import type { Role } from '../runtime/roles/role.js'
import { Wallet } from '../runtime/transactions/wallet.js'
import { checkAlerts, floorsOf, withAlerts } from './alert-options.js'
import { gatewayOf } from './gateway-of.js'
import type { ParticipantFlags } from './participant-options.js'

/** Makes the role of one chain. */
export type RoleFactory = (tools: {
  logger: Logger
  metrics: Metrics
  account: Address
  chain: ChainName
}) => Promise<Role> | Role

/** One account of a program, and what it does. */
export interface Part {
  /** Tells it from others in the log and the metrics, and is added to the names of its files. */
  name: string
  keyfile: string
  passwordFile?: string | undefined
  makeRole: RoleFactory
}

/**
 * Takes part in a market with the given role, on each of the chains that the flags name, until it is done or told to stop.
 * Where one chain ends with an error, so does the other.
 *
 * @throws everything that should end the program with another status than 0.
 */
export async function runParticipant(
  makeRole: RoleFactory,
  flags: ParticipantFlags,
  signal: AbortSignal,
): Promise<void> {
  await observed(flags, signal, ({ logger, metrics }) => takePart({ makeRole, flags, logger, metrics }, signal))
}

/**
 * Takes part with several accounts, each as {@link runParticipant} does. One that ends with an error is logged and left
 * out, and the others go on.
 *
 * @throws the first error once all have ended.
 */
export async function runParticipants(
  parts: readonly Part[],
  flags: ParticipantFlags,
  signal: AbortSignal,
): Promise<void> {
  await observed(flags, signal, async (tools) => {
    const results = await Promise.allSettled(
      parts.map(async ({ name, keyfile, passwordFile, makeRole }) => {
        const logger = tools.logger.child({ name })
        const metrics = tools.metrics.part({ name })
        const fileOf = (path: string | undefined) => (path === undefined ? undefined : `${path}.${name}`)
        const files = { journal: fileOf(flags.journal), liveness: fileOf(flags.liveness) }
        const own = { ...flags, ...files, keyfile, passwordFile: passwordFile ?? flags.passwordFile }
        try {
          await takePart({ makeRole, flags: own as ParticipantFlags, logger, metrics }, signal)
        } catch (error) {
          if (!signal.aborted) logger.error({ reason: (error as Error).message }, 'left out; the others go on')
          throw error
        }
      }),
    )
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  })
}

interface Observation {
  logger: Logger
  metrics: Metrics
}

/** Runs something with a log, and with metrics that are served while it runs. */
async function observed(
  flags: ParticipantFlags,
  signal: AbortSignal,
  run: (tools: Observation) => Promise<void>,
): Promise<void> {
  const logger = createLogger(
    { level: flags.log, format: flags.logFormat },
    flags.json ? process.stderr : process.stdout,
  )
  if (flags.bountiesAtATime < 1) {
    throw new InvalidOptionError({ option: '--bounties-at-a-time', reason: 'it must be at least 1' })
  }
  checkAlerts(flags)
  const metrics = new Metrics()
  const { metricsPort: port, metricsHost: host, metricsAllowedHosts: hosts } = flags
  const server = port === undefined ? undefined : await serveMetrics(metrics, { host, port, hosts })
  if (server) logger.info({ url: server.url }, 'metrics are served')
  try {
    await run({ logger, metrics })
    logger.info(signal.aborted ? 'stopped' : 'done')
  } finally {
    server?.stop()
  }
}

/** Takes part with one account. */
async function takePart(
  { makeRole, flags, logger, metrics }: Observation & { makeRole: RoleFactory; flags: ParticipantFlags },
  signal: AbortSignal,
): Promise<void> {
  const terminal = { input: process.stdin, output: process.stderr }
  const wallet = new Wallet(await openKeystore(flags.keyfile, await findPassword({ ...flags, terminal })))
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const chains = [...new Set(flags.chains)]
  const several = chains.length > 1
  const results = await Promise.allSettled(
    chains.map(async (chain) => {
      const ofChain = several ? logger.child({ chain }) : logger
      try {
        await runOnChain({ chain, several, makeRole, flags, wallet, metrics, logger: ofChain }, either)
      } catch (error) {
        failed.abort(error)
        throw error
      }
    }),
  )
  if (results.some(({ status }) => status === 'rejected')) throw failed.signal.reason
}

interface ChainRun {
  chain: ChainName
  several: boolean
  makeRole: RoleFactory
  flags: ParticipantFlags
  wallet: Wallet
  metrics: Metrics
  logger: Logger
}

async function runOnChain(
  { chain, several, makeRole, flags, wallet, metrics, logger }: ChainRun,
  signal: AbortSignal,
): Promise<void> {
  const url = await gatewayOf(flags)
  const account = wallet.address
  const role = await makeRole({ logger, metrics, chain, account })
  logger.info({ polyswarmd: url.origin }, 'starting')
  const ofChain = (path: string | undefined) => (several && path !== undefined ? `${path}.${chain}` : path)
  const { apiKey, allowKeyOverHttp, market, allowance } = flags
  await participate(
    {
      ...{ polyswarmd: url, chain, wallet, role, apiKey, allowKeyOverHttp, market, allowance, logger, metrics },
      journal: ofChain(flags.journal),
      limits: { maxGas: flags.maxGas, maxGasPrice: flags.maxGasPrice },
      strict: flags.testing > 0,
      concurrency: flags.bountiesAtATime,
      liveness: ofChain(flags.liveness),
      beside: (run, { client, journal }, either) =>
        whileForgetting(
          { journal, logger, keptBlocks: flags.keepHistory },
          (running) =>
            withAlerts(flags, { account, logger, metrics }, async (alerts) => {
              const ended = new AbortController()
              const floors = floorsOf(flags, role.name)
              const watch = new BalanceWatch({ client, alerts, metrics, logger, floors })
              const watching = watch.run(AbortSignal.any([running, ended.signal])).catch((error: Error) => {
                logger.warn({ reason: error.message }, 'the balance is not watched any more')
              })
              await run(running).finally(() => ended.abort())
              await watching
            }),
          either,
        ),
    },
    signal,
  )
}

/** Runs a participant, and forgets meanwhile what it need not keep. Where one fails, the other ends. */
async function whileForgetting(
  { keptBlocks, ...tools }: { journal: Journal; logger: Logger; keptBlocks: number | undefined },
  run: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (keptBlocks === undefined) return run(signal)
  const ended = new AbortController()
  const either = AbortSignal.any([signal, ended.signal])
  const running = run(either).finally(() => ended.abort())
  const keeping = keepHistory({ ...tools, keptBlocks }, either).finally(() => ended.abort())
  for (const result of await Promise.allSettled([running, keeping])) {
    if (result.status === 'rejected') throw result.reason
  }
}
