import { Command } from 'commander'
import type { DistillationPolicy } from '../distillation/policies.js'
import { parseFilterRules } from '../microengine/bounty-filter.js'
import { loadMicroengine } from '../microengine/load-backend.js'
import { MicroengineRole } from '../microengine/microengine-role.js'
import { STAKING_STRATEGIES, type StakingStrategy } from '../staking/strategies.js'
import {
  addBackendOptions,
  artifactTypeOption,
  type BackendFlags,
  backendListener,
  backendSettings,
  distillationOption,
} from './backend-options.js'
import { addParticipantOptions, bigNumber, option, type ParticipantFlags, share } from './participant-options.js'
import { runProgram } from './program.js'
import { addQueueOptions, type QueueFlags, queueOf } from './queue-options.js'
import { runParticipant, runParticipants } from './run-participant.js'

interface MicroengineFlags extends ParticipantFlags, BackendFlags, QueueFlags {
  bidStrategy: StakingStrategy
  distillation: DistillationPolicy
  artifactType: ('file' | 'url')[]
  filter: string[]
  confidence: string[]
  kellyFraction: number
  gasCost: bigint
  maxRiskPerBounty?: bigint
  maxRiskPerHour?: bigint
  maxRisk?: bigint
  webhooks?: string
}

const command = addQueueOptions(
  addBackendOptions(
    addParticipantOptions(
      new Command('microengine').description(
        'Judges the artifacts of bounties, bids on its verdicts, and is paid where it is right.',
      ),
    ),
  ),
)
  .addOption(
    option('--bid-strategy <name>', 'how verdicts become bids', 'BID_STRATEGY')
      .choices(STAKING_STRATEGIES)
      .default('default'),
  )
  .addOption(
    option(
      '--kelly-fraction <share>',
      'how much of the bid of fastest growth the growth strategy makes',
      'KELLY_FRACTION',
    )
      .argParser(share)
      .default(1),
  )
  .addOption(
    option('--gas-cost <units>', 'what the gas of an assertion costs, in base units of Nectar', 'GAS_COST')
      .argParser(bigNumber)
      .default(0n, '0'),
  )
  .addOption(
    option(
      '--max-risk-per-bounty <units>',
      'most to bid on one bounty, in base units (10^18 are 1 NCT)',
      'MAX_RISK_PER_BOUNTY',
    ).argParser(bigNumber),
  )
  .addOption(
    option('--max-risk-per-hour <units>', 'most to bid within an hour, in base units', 'MAX_RISK_PER_HOUR').argParser(
      bigNumber,
    ),
  )
  .addOption(
    option('--max-risk <units>', 'most to have in unsettled bids, in base units', 'MAX_RISK').argParser(bigNumber),
  )
  .addOption(distillationOption())
  .addOption(artifactTypeOption())
  .addOption(
    option(
      '--filter <rule...>',
      'artifacts to look at, by their metadata: accept or reject, KEY, OPERATOR (< <= == >= > contains startswith endswith regex), VALUE',
      'POLYSWARM_FILTER',
    ).default([], 'all'),
  )
  .addOption(
    option(
      '--confidence <rule...>',
      'verdicts to trust more or less: favor or penalize, KEY, OPERATOR, VALUE',
      'POLYSWARM_CONFIDENCE',
    ).default([], 'none'),
  )
  .addOption(
    option(
      '--webhooks <file>',
      'list of webhooks to call, each with an account of its own, instead of --backend',
      'POLYSWARM_WEBHOOKS',
    ),
  )

await runProgram(
  command,
  async (signal) => {
    const flags = command.opts<MicroengineFlags>()
    const { bidStrategy: strategy, distillation, scanTimeLimit, artifactType, kellyFraction, gasCost } = flags
    const given = command.getOptionValueSource('artifactType') === 'default' ? {} : { artifacts: artifactType }
    const options = { strategy, distillation, scanTimeLimit, staking: { kellyFraction, gasCost }, ...given }
    const filters = [
      ...(await parseFilterRules('--filter', wordsOf(flags.filter), ['accept', 'reject'])),
      ...(await parseFilterRules('--confidence', wordsOf(flags.confidence), ['favor', 'penalize'])),
    ]
    const riskLimits = { perBounty: flags.maxRiskPerBounty, perHour: flags.maxRiskPerHour, inAll: flags.maxRisk }
    const { maxArtifactSize, testing: settleCount } = flags
    const rules = { maxArtifactSize, settleCount, filters, riskLimits }
    if (flags.webhooks !== undefined) {
      const { webhookListen: listen = '127.0.0.1:0', webhookPublicUrl: publicUrl } = flags
      const { startWebhooks } = await import('./webhook-parts.js')
      const common = { options, rules, timeLimit: scanTimeLimit }
      const { desk, parts } = await startWebhooks(flags.webhooks, { listen, publicUrl, ...common })
      await runParticipants(parts, flags, signal).finally(() => desk.stop())
      return
    }
    await runParticipant(
      async ({ logger, metrics }) => {
        const settings = backendSettings(flags, backendListener(logger))
        const common = { ...rules, metrics }
        if (flags.queue === undefined) {
          return new MicroengineRole({ engine: await loadMicroengine(flags.backend, options, settings), ...common })
        }
        const [{ loadFront }, { QueuedFindings }] = await Promise.all([
          import('../queue/queued-engine.js'),
          import('../queue/queued-findings.js'),
        ])
        const { engine, backends } = await loadFront(flags.backend, options)
        const findings = new QueuedFindings({ engine, backends, ...(await queueOf(flags)), logger, metrics })
        return new MicroengineRole({ engine, findings, ...common })
      },
      flags,
      signal,
    )
  },
  {
    scan: async () => (await import('./microengine-scan.js')).scanCommand(),
    check: async () => (await import('./microengine-check.js')).checkCommand(),
    journal: async () => (await import('./microengine-journal.js')).journalCommand(),
    backtest: async () => (await import('./microengine-backtest.js')).backtestCommand(),
    worker: async () => (await import('./microengine-worker.js')).workerCommand(),
    queue: async () => (await import('./microengine-queue.js')).queueCommand(),
    'serve-webhook': async () => (await import('./microengine-serve-webhook.js')).serveWebhookCommand(),
    'check-webhook': async () => (await import('./microengine-check-webhook.js')).checkWebhookCommand(),
  },
)

/** From the environment the words of a rule come as one text. */
function wordsOf(given: string[] | string): string[] {
  return typeof given === 'string' ? given.split(/\s+/).filter(Boolean) : given
}
