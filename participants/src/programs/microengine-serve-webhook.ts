import { Command } from 'commander'
import type { DistillationPolicy } from '../distillation/policies.js'
import { BackendError, InvalidOptionError } from '../errors.js'
import { loadMicroengine } from '../microengine/load-backend.js'
import { createLogger } from '../runtime/reports/logger.js'
import { Metrics } from '../runtime/reports/metrics.js'
import { serveMetrics } from '../runtime/reports/metrics-server.js'
import { RANGE_STRATEGIES, type RangeStrategy } from '../staking/strategies.js'
import { AddressGuard } from '../webhook/address-guard.js'
import { WebhookSecret } from '../webhook/webhook-secret.js'
import { WebhookService } from '../webhook/webhook-service.js'
import { WebhookWork } from '../webhook/webhook-work.js'
import {
  addBackendOptions,
  artifactTypeOption,
  type BackendFlags,
  backendSettings,
  distillationOption,
} from './backend-options.js'
import { addObservationOptions } from './observation-options.js'
import { listOption, maxArtifactSizeOption, option, wholeNumber } from './participant-options.js'
import type { Subcommand } from './program.js'

interface Flags extends BackendFlags {
  secretFile?: string
  host: string
  port: number
  allowAddresses: string[]
  bidStrategy: RangeStrategy
  distillation: DistillationPolicy
  artifactType: ('file' | 'url')[]
  concurrency: number
  maxArtifactSize: number
  log: string
  logFormat: 'text' | 'json'
  metricsPort?: number
  metricsHost: string
  metricsAllowedHosts: string[]
}

/** Bringing the last answers takes so long at most, after the scans. */
const BRINGING = 10_000

/** Judges for a marketplace that calls webhooks: no account, no keys, no stakes. */
export function serveWebhookCommand(): Subcommand {
  const command = addBackendOptions(
    new Command('serve-webhook').description(
      'Judges for a marketplace that calls webhooks, as engines of the original do: no account, no journal, no stake.',
    ),
  )
    .addOption(option('--secret-file <file>', 'the secret that the marketplace signs with', 'SECRET_FILE'))
    .addOption(option('--host <address>', 'where to listen', 'POLYSWARM_HOST').default('127.0.0.1'))
    .addOption(
      option('--port <port>', 'where to listen; 0 picks a free port', 'POLYSWARM_PORT')
        .argParser(wholeNumber)
        .default(8000),
    )
    .addOption(
      listOption(
        '--allow-addresses <address...>',
        'addresses and ranges besides public ones that artifacts may be fetched from and answers brought to: 10.0.0.0/8',
        'ALLOW_ADDRESSES',
        [],
      ),
    )
    .addOption(
      option('--bid-strategy <name>', 'how verdicts become bids', 'BID_STRATEGY')
        .choices(RANGE_STRATEGIES)
        .default('default'),
    )
    .addOption(distillationOption())
    .addOption(artifactTypeOption())
    .addOption(
      option('--concurrency <count>', 'artifacts that are judged at the same time', 'POLYSWARM_CONCURRENCY')
        .argParser(wholeNumber)
        .default(8),
    )
    .addOption(maxArtifactSizeOption('abstain on larger artifacts'))
  addObservationOptions(command)
  return {
    command,
    grace: () => command.opts<Flags>().scanTimeLimit + BRINGING,
    action: async (signal) => {
      const flags = command.opts<Flags>()
      const given = command.getOptionValueSource('artifactType') === 'default' ? {} : { artifacts: flags.artifactType }
      await serve(flags, given, signal)
    },
  }
}

async function serve(flags: Flags, given: { artifacts?: Flags['artifactType'] }, signal: AbortSignal): Promise<void> {
  const { secretFile, host, port, bidStrategy: strategy, distillation, maxArtifactSize, scanTimeLimit } = flags
  if (secretFile === undefined) {
    throw new InvalidOptionError({
      option: '--secret-file',
      reason: 'name the file with the secret of the marketplace',
    })
  }
  if (flags.concurrency < 1) throw new InvalidOptionError({ option: '--concurrency', reason: 'it must be at least 1' })
  const secret = await WebhookSecret.read(secretFile)
  const guard = new AddressGuard(flags.allowAddresses)
  const logger = createLogger({ level: flags.log, format: flags.logFormat }, process.stdout)
  const settings = backendSettings(flags, {
    inform: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
  })
  const engine = await loadMicroengine(flags.backend, { distillation, scanTimeLimit, ...given }, settings)
  const metrics = new Metrics()
  const { metricsPort, metricsHost, metricsAllowedHosts: hosts, concurrency } = flags
  const numbers =
    metricsPort === undefined ? undefined : await serveMetrics(metrics, { host: metricsHost, port: metricsPort, hosts })
  try {
    await engine.setup().catch((cause: Error) => {
      throw new BackendError({ backend: engine.name, reason: cause.message, cause })
    })
    const work = new WebhookWork({ engine, strategy, guard, maxArtifactSize, concurrency, logger, metrics })
    const service = await WebhookService.start({ secret, host, port, accept: (bounty) => work.accept(bounty) })
    logger.info({ url: service.url, engine: engine.name }, 'ready')
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => stop(), { once: true })
    if (signal.aborted) stop()
    await stopped
    logger.info('finishing what was begun')
    await Promise.all([service.stop(), work.idle()])
  } finally {
    await engine.teardown()
    numbers?.stop()
  }
  logger.info('stopped')
}
