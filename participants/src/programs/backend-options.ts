import type { Command, Option } from 'commander'
import type { Logger } from 'pino'
import type { YaraBuild } from '../backends/yara/yara-scanner.js'
import { DISTILLATION_POLICIES } from '../distillation/policies.js'
import { type BackendSettings, SHIPPED_BACKENDS } from '../microengine/load-backend.js'
import { listOption, option, wholeNumber } from './participant-options.js'

/** What tells which backends scan, and how. */
export interface BackendFlags {
  backend: string[]
  rules?: string
  yara: YaraBuild
  clamd: string
  clamdMaxSize?: number
  clamdDirectory?: string
  command?: string
  commandAnswer: string
  commandMemory?: number
  commandNetwork: boolean
  commandRead: string[]
  service?: string
  webhookUrl?: string
  webhookSecretFile?: string
  webhookListen?: string
  webhookPublicUrl?: string
  scanTimeLimit: number
}

/** Adds the flags that choose and set up backends. */
export function addBackendOptions(command: Command): Command {
  return addBackendSettings(
    command.addOption(
      listOption(
        '--backend <name...>',
        `what to scan with: ${SHIPPED_BACKENDS.join(', ')}, multi:clamav+yara, or a .ts or .js file; several are combined`,
        'BACKEND',
        ['scratch'],
      ),
    ),
  )
}

/** Adds the flags that set up backends. */
export function addBackendSettings(command: Command): Command {
  return command
    .addOption(option('--rules <directory>', 'YARA rules for the yara backend; its own by default', 'RULES_DIR'))
    .addOption(
      option(
        '--yara <build>',
        'YARA-X as WebAssembly (wasm), or the native one where there is one (auto)',
        'YARA_BUILD',
      )
        .choices(['auto', 'wasm'])
        .default('auto'),
    )
    .addOption(
      option('--clamd <address>', 'clamd of the clamav backend: host:port or the path of a socket', 'CLAMD').default(
        `${process.env.CLAMD_HOST ?? 'localhost'}:${process.env.CLAMD_PORT ?? 3310}`,
      ),
    )
    .addOption(
      option(
        '--clamd-max-size <bytes>',
        'largest file to send to clamd: its StreamMaxLength, 100 MiB by default',
        'CLAMD_MAX_SIZE',
      ).argParser(wholeNumber),
    )
    .addOption(
      option(
        '--clamd-directory <directory>',
        'where clamd, on this machine, is given artifacts as files, such as /dev/shm; over its socket by default',
        'CLAMD_DIRECTORY',
      ),
    )
    .addOption(
      option(
        '--command <line>',
        'program of the command backend; {} stands for the file, else it comes on stdin',
        'SCAN_COMMAND',
      ),
    )
    .addOption(
      option(
        '--command-answer <rule>',
        "where the program's verdict is: exit-code, json or /pattern/",
        'SCAN_COMMAND_ANSWER',
      ).default('exit-code'),
    )
    .addOption(
      option(
        '--command-memory <bytes>',
        'address space for each process of the program, 4 GiB by default',
        'SCAN_COMMAND_MEMORY',
      ).argParser(wholeNumber),
    )
    .addOption(option('--command-network', 'let the program use the network', 'SCAN_COMMAND_NETWORK').default(false))
    .addOption(
      listOption(
        '--command-read <path...>',
        'files and directories that the program may read, beside those that its command line names',
        'SCAN_COMMAND_READ',
        [],
      ),
    )
    .addOption(option('--service <url>', 'where the http backend posts artifacts', 'SCAN_SERVICE'))
    .addOption(option('--webhook-url <url>', 'webhook that the webhook backend calls', 'WEBHOOK_URL'))
    .addOption(
      option(
        '--webhook-secret-file <file>',
        'file with the secret that is shared with the webhook',
        'WEBHOOK_SECRET_FILE',
      ),
    )
    .addOption(
      option(
        '--webhook-listen <address>',
        'host:port where the webhook fetches artifacts and brings answers; any port of this machine by default',
        'WEBHOOK_LISTEN',
      ),
    )
    .addOption(
      option('--webhook-public-url <url>', 'how the webhook reaches that, if by another name', 'WEBHOOK_PUBLIC_URL'),
    )
    .addOption(
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
export function backendSettings(flags: BackendFlags, { inform, warn }: BackendListener): BackendSettings {
  const {
    rules: rulesDirectory,
    yara,
    clamd,
    clamdMaxSize,
    clamdDirectory,
    command,
    commandAnswer,
    commandMemory,
    commandNetwork,
    commandRead,
    service,
    webhookUrl,
    webhookSecretFile,
    webhookListen,
    webhookPublicUrl,
    scanTimeLimit: webhookTimeLimit,
  } = flags
  return {
    rulesDirectory,
    yara,
    clamd,
    clamdMaxSize,
    clamdDirectory,
    command,
    commandAnswer,
    commandMemory,
    commandNetwork,
    commandRead,
    service,
    webhookUrl,
    webhookSecretFile,
    webhookListen,
    webhookPublicUrl,
    webhookTimeLimit,
    inform,
    warn,
  }
}
