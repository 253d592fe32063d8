#!/usr/bin/env node
import { Command } from 'commander'
import { DISTILLATION_POLICIES, type DistillationPolicy } from '../microengine/distillation.js'
import { loadMicroengine, SHIPPED_BACKENDS } from '../microengine/load-backend.js'
import { MicroengineRole } from '../microengine/microengine-role.js'
import { STAKING_STRATEGIES, type StakingStrategy } from '../microengine/staking.js'
import { addParticipantOptions, listOption, option, type ParticipantFlags, wholeNumber } from './participant-options.js'
import { runProgram } from './program.js'
import { runParticipant } from './run-participant.js'

interface MicroengineFlags extends ParticipantFlags {
  backend: string[]
  bidStrategy: StakingStrategy
  distillation: DistillationPolicy
  artifactType: ('file' | 'url')[]
  rules?: string
  scanTimeLimit: number
}

const command = addParticipantOptions(
  new Command('microengine').description(
    'Judges the artifacts of bounties, bids on its verdicts, and is paid where it is right.',
  ),
)
  .addOption(
    listOption(
      '--backend <name...>',
      `what to scan with: ${SHIPPED_BACKENDS.join(', ')}, or a .ts or .js file; several are combined`,
      'BACKEND',
      ['scratch'],
    ),
  )
  .addOption(
    option('--bid-strategy <name>', 'how confidence becomes a bid', 'BID_STRATEGY')
      .choices(STAKING_STRATEGIES)
      .default('default'),
  )
  .addOption(
    option('--distillation <policy>', 'how several findings become a verdict', 'DISTILLATION')
      .choices(DISTILLATION_POLICIES)
      .default('any'),
  )
  .addOption(
    listOption('--artifact-type <type...>', 'kinds of artifacts to judge', 'ARTIFACT_TYPE', ['file'], ['file', 'url']),
  )
  .addOption(option('--rules <directory>', 'YARA rules for the yara backend; its own by default', 'RULES_DIR'))
  .addOption(
    option('--scan-time-limit <milliseconds>', 'what a backend gets for one artifact', 'SCAN_TIME_LIMIT')
      .argParser(wholeNumber)
      .default(30_000),
  )

await runProgram(command, async (signal) => {
  const flags = command.opts<MicroengineFlags>()
  const { backend, bidStrategy: strategy, distillation, scanTimeLimit, artifactType, rules, maxArtifactSize } = flags
  const given = command.getOptionValueSource('artifactType') === 'default' ? {} : { artifacts: artifactType }
  const options = { strategy, distillation, scanTimeLimit, ...given }
  const engine = await loadMicroengine(backend, options, { rulesDirectory: rules })
  const role = new MicroengineRole({ engine, maxArtifactSize, settleCount: flags.testing })
  await runParticipant(role, flags, signal)
})
