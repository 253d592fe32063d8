import { visibleText } from '@polyswarm/protocol'
import { TrackRecord } from '@polyswarm/protocol/polyscore'
import { Command } from 'commander'
import type { DistillationPolicy } from '../distillation/policies.js'
import { BackendError, ScanTargetError } from '../errors.js'
import { loadMicroengine } from '../microengine/load-backend.js'
import { readFindingCounts } from '../runtime/journal/learned-bounties.js'
import { scanLocally } from '../scan/local-scan.js'
import { ScanProgress } from '../scan/scan-progress.js'
import { jsonReport, textReport } from '../scan/scan-report.js'
import { ScanTally } from '../scan/scan-tally.js'
import { artifactsOf, parseScanTargets, type ScanTarget } from '../scan/scan-target.js'
import {
  addBackendOptions,
  artifactTypeOption,
  type BackendFlags,
  backendSettings,
  distillationOption,
} from './backend-options.js'
import { maxArtifactSizeOption, option } from './participant-options.js'
import type { Subcommand } from './program.js'

/** Nothing was found out: no pass, and no conviction either. */
const FAILURE = 2

interface ScanFlags extends BackendFlags {
  distillation: DistillationPolicy
  artifactType: ('file' | 'url')[]
  maxArtifactSize: number
  journal?: string
  members: boolean
  json: boolean
}

/** Judges given artifacts as the engine would on the market, without chain or stake. */
export function scanCommand(): Subcommand {
  const command = addBackendOptions(
    new Command('scan').description(
      'Judges files, directories, URLs (as text: nothing is fetched) and standard input (-) as the engine would in a market, ' +
        'without an account. Status 0: all benign; 1: something is malicious; 2: nothing is, but not all is known to be benign.',
    ),
  )
    .argument('<artifact...>', 'FILE, DIRECTORY, URL or -')
    .addOption(distillationOption())
    .addOption(artifactTypeOption())
    .addOption(maxArtifactSizeOption('artifacts that are larger are unknown'))
    .addOption(option('--journal <file>', 'where bayesian distillation learns how right each backend is', 'JOURNAL'))
    .option('--members', 'show what is in archives as well, each member judged alone', false)
    .option('--json', 'print the result as JSON', false)
  // A word behind a flag would be one more value of it, and is an artifact.
  for (const each of command.options) {
    each.variadic = false
    each.flags = each.flags.replace('...', '')
  }
  return { command, failureStatus: FAILURE, action: (signal) => scan(command, signal) }
}

async function scan(command: Command, signal: AbortSignal): Promise<number> {
  const flags = command.opts<ScanFlags>()
  const targets = await parseScanTargets(command.args, process.stdin)
  const given = command.getOptionValueSource('artifactType') === 'default' ? {} : { artifacts: flags.artifactType }
  const { distillation, scanTimeLimit, maxArtifactSize, members } = flags
  const progress = new ScanProgress({
    write: (text) => void process.stderr.write(text),
    onScreen: process.stderr.isTTY === true,
    now: () => performance.now(),
  })
  const say = (kind: string, message: string): void => {
    progress.clear()
    process.stderr.write(`${kind}: ${visibleText(message)}\n`)
  }
  const engine = await loadMicroengine(
    flags.backend,
    { distillation, scanTimeLimit, ...given },
    backendSettings(flags, {
      inform: (message) => say('note', message),
      warn: (message) => say('warning', message),
    }),
  )
  if (flags.journal !== undefined) engine.learn(new TrackRecord(readFindingCounts(flags.journal)))
  const { total, widest, passedOver } = await survey(targets, signal)
  if (total === 0) throw new ScanTargetError({ target: command.args.join(', '), reason: 'there is no file in it' })
  if (passedOver > 0) say('note', `${passedOver} links and special files in directories are passed over`)
  const report = flags.json ? jsonReport() : textReport(widest)
  const tally = new ScanTally()
  try {
    await engine.setup().catch((cause: Error) => {
      if (cause instanceof BackendError) throw cause
      throw new BackendError({ backend: engine.name, reason: cause.message, cause })
    })
    await print(report.begin())
    const options = { engine, maxArtifactSize, scanTimeLimit, members, signal }
    for await (const scanned of scanLocally(artifactsOf(targets), options)) {
      if ('passedOver' in scanned) continue
      tally.add(scanned)
      progress.clear()
      await print(report.row(scanned))
      progress.tell(tally.count, total, tally.text)
    }
    progress.clear()
    await print(report.end(tally.text))
  } catch (error) {
    // Whoever read the rows has had enough.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return FAILURE
    throw error
  } finally {
    await engine.teardown()
  }
  return tally.status
}

/** How much there is to do. What is found is not kept: there may be more than fits into memory. */
async function survey(
  targets: readonly ScanTarget[],
  signal: AbortSignal,
): Promise<{ total: number; widest: number; passedOver: number }> {
  const seen = { total: 0, widest: 0, passedOver: 0 }
  for await (const found of artifactsOf(targets)) {
    signal.throwIfAborted()
    if ('passedOver' in found) seen.passedOver++
    else {
      seen.total++
      seen.widest = Math.max(seen.widest, visibleText(found.name).length)
    }
  }
  return seen
}

/** Waits until it is written: who reads may be slower than the scan. */
async function print(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  await promise
}
