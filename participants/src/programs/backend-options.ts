import type { Command, Option } from 'commander'
import type { Logger } from 'pino'
import { SHIPPED_BACKENDS, type ShippedSettings } from '../backends/shipped-backends.js'
import { DISTILLATION_POLICIES } from '../distillation/policies.js'
import type { BackendSettings } from '../microengine/load-backend.js'
import { addDefinedOption } from './defined-options.js'
import { listOption, option, wholeNumber } from './participant-options.js'

const OPTIONS = SHIPPED_BACKENDS.flatMap(({ options }) => Object.values(options))
const SETTINGS = SHIPPED_BACKENDS.flatMap(({ options }) => Object.keys(options)) as (keyof ShippedSettings)[]

/** What tells which backends scan, and how. */
export interface BackendFlags extends ShippedSettings {
  backend: string[]
  scanTimeLimit: number
}

/** Adds the flags that choose and set up backends. */
export function addBackendOptions(command: Command): Command {
  const names = SHIPPED_BACKENDS.map(({ name }) => name).join(', ')
  return addBackendSettings(
    command.addOption(
      listOption(
        '--backend <name...>',
        `what to scan with: ${names}, multi:clamav+yara, or a .ts or .js file; several are combined`,
        'BACKEND',
        ['scratch'],
      ),
    ),
  )
}

/** Adds the flags that set up backends. */
export function addBackendSettings(command: Command): Command {
  for (const defined of OPTIONS) addDefinedOption(command, defined)
  return command.addOption(
    option('--scan-time-limit <milliseconds>', 'what a backend gets for one artifact', 'SCAN_TIME_LIMIT')
      .argParser(wholeNumber)
      .default(30_000),
  )
}

/** The flag that chooses how findings become a verdict. */
export function distillationOption(): Option {
  return option('--distillation <policy>', 'how several findings become a verdict', 'DISTILLATION')
    .choices(DISTILLATION_POLICIES)
    .default('any')
}

/** The flag that tells which artifacts an engine judges, where it does not say so itself. */
export function artifactTypeOption(): Option {
  return listOption(
    '--artifact-type <type...>',
    'kinds of artifacts to judge',
    'ARTIFACT_TYPE',
    ['file'],
    ['file', 'url'],
  )
}

/** Who is told of what backends have to say. */
export type BackendListener = Record<'inform' | 'warn', (message: string) => void>

/** What backends have to say, as lines of a log. */
export function backendListener(logger: Pick<Logger, 'info' | 'warn'>): BackendListener {
  return { inform: (message) => logger.info(message), warn: (message) => logger.warn(message) }
}

/** The flags as the backends take them. */
export function backendSettings(flags: Omit<BackendFlags, 'backend'>, listener: BackendListener): BackendSettings {
  const { scanTimeLimit } = flags
  const own = SETTINGS.map((name) => [name, flags[name]])
  return { ...Object.fromEntries(own), scanTimeLimit, ...listener }
}
