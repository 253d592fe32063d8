import { Command, InvalidArgumentError } from 'commander'
import { parseGatewayUrl } from '../client/gateway-url.js'
import { type ChainName, PolyswarmdClient } from '../client/polyswarmd-client.js'
import { QueueWorker } from '../queue/queue-worker.js'
import { loadWorkerBackends } from '../queue/queued-engine.js'
import { parseRateLimit, type RateLimit } from '../queue/rate-limit.js'
import { createLogger } from '../runtime/reports/logger.js'
import { Metrics } from '../runtime/reports/metrics.js'
import { serveMetrics } from '../runtime/reports/metrics-server.js'
import { addBackendOptions, type BackendFlags, backendListener, backendSettings } from './backend-options.js'
import { USUAL_ADDRESS } from './gateway-of.js'
import { addObservationOptions } from './observation-options.js'
import { maxArtifactSizeOption, option, wholeNumber } from './participant-options.js'
import type { Subcommand } from './program.js'
import { addQueueOptions, type QueueFlags, queueOf } from './queue-options.js'

interface WorkerFlags extends BackendFlags, QueueFlags {
  polyswarmdAddr: string
  chain: ChainName
  apiKey?: string
  allowKeyOverHttp: boolean
  concurrency: number
  rateLimit?: RateLimit
  maxArtifactSize: number
  log: string
  logFormat: 'text' | 'json'
  metricsPort?: number
  metricsHost: string
  metricsAllowedHosts: string[]
}

/** polyswarmd is asked for artifacts in nobody's name. */
const NOBODY = '0x0000000000000000000000000000000000000000'
/** What begins a scan gets its time to end. */
const STORING = 5_000

/** Scans for an engine that runs elsewhere. */
export function workerCommand(): Subcommand {
  const command = addQueueOptions(
    addBackendOptions(
      new Command('worker').description(
        'Scans for an engine that was started with --queue. It has no account and no journal; start as many as you like.',
      ),
    ),
  )
    .addOption(
      option('--polyswarmd-addr <address>', 'where artifacts are fetched from', 'POLYSWARMD_ADDR').default(
        USUAL_ADDRESS,
      ),
    )
    .addOption(
      option('--chain <chain>', 'whose artifacts', 'POLYSWARM_CHAIN').choices(['home', 'side']).default('side'),
    )
    .addOption(option('--api-key <key>', 'key for polyswarmd, where it asks for one', 'API_KEY'))
    .addOption(
      option('--allow-key-over-http', 'send the API key over unencrypted http', 'ALLOW_KEY_OVER_HTTP').default(false),
    )
    .addOption(
      option('--concurrency <count>', 'artifacts that each backend looks at, at the same time', 'POLYSWARM_CONCURRENCY')
        .argParser(atLeastOne)
        .default(4),
    )
    .addOption(
      option(
        '--rate-limit <count/period>',
        'most artifacts of all workers of a backend together, such as 100/minute; per second, minute, hour or day',
        'RATE_LIMIT',
      ).argParser(rateLimit),
    )
    .addOption(maxArtifactSizeOption('refuse larger artifacts'))
  addObservationOptions(command)
  return {
    command,
    grace: () => command.opts<WorkerFlags>().scanTimeLimit + STORING,
    action: (signal) => work(command.opts<WorkerFlags>(), signal),
  }
}

async function work(flags: WorkerFlags, signal: AbortSignal): Promise<void> {
  const { apiKey, allowKeyOverHttp, chain, concurrency, rateLimit: limit, maxArtifactSize, scanTimeLimit } = flags
  const { url, key } = await queueOf(flags)
  const logger = createLogger({ level: flags.log, format: flags.logFormat }, process.stdout)
  const settings = backendSettings(flags, backendListener(logger))
  const backends = await loadWorkerBackends(flags.backend, settings)
  const metrics = new Metrics()
  const { metricsPort: port, metricsHost: host, metricsAllowedHosts: hosts } = flags
  const server = port === undefined ? undefined : await serveMetrics(metrics, { host, port, hosts })
  const gateway = parseGatewayUrl(flags.polyswarmdAddr)
  const client = new PolyswarmdClient({ url: gateway, account: NOBODY, chain, apiKey, allowKeyOverHttp })
  const limits = { concurrency, maxArtifactSize, scanTimeLimit, rateLimit: limit }
  const workers = backends.map(
    ({ name, backend }) =>
      new QueueWorker({ backend, queue: key.queueOf(name), url, key, client, logger, metrics, ...limits }),
  )
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => stop(), { once: true })
  if (signal.aborted) stop()
  // What keeps the process: without Redis there is nothing else to wait for.
  const alive = setInterval(() => undefined, 60_000)
  try {
    for (const worker of workers) await worker.start()
    await stopped
    logger.info('finishing what was begun')
  } finally {
    clearInterval(alive)
    await Promise.allSettled(workers.map((worker) => worker.close()))
    client.close()
    server?.stop()
  }
  logger.info('stopped')
}

function atLeastOne(text: string): number {
  const count = wholeNumber(text)
  if (count < 1) throw new InvalidArgumentError('Give at least 1.')
  return count
}

function rateLimit(text: string): RateLimit {
  const limit = parseRateLimit(text)
  if (!limit) throw new InvalidArgumentError('Give a count and a period, such as 100/minute.')
  return limit
}
