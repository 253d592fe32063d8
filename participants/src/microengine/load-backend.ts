import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import { ClamavBackend } from '../backends/clamav/clamav-backend.js'
import { parseClamdAddress } from '../backends/clamav/clamd-address.js'
import { parseAnswerRule } from '../backends/command/command-answer.js'
import { CommandBackend } from '../backends/command/command-backend.js'
import { parseCommandLine } from '../backends/command/command-line.js'
import { contrarianBackend } from '../backends/contrarian/contrarian-backend.js'
import { eicarBackend } from '../backends/eicar/eicar-backend.js'
import { entropyBackend } from '../backends/entropy/entropy-backend.js'
import { HttpBackend } from '../backends/http/http-backend.js'
import { MultiBackend } from '../backends/multi/multi-backend.js'
import { scratchBackend } from '../backends/scratch/scratch-backend.js'
import { urlBackend } from '../backends/url/url-backend.js'
import { WebhookBackend } from '../backends/webhook/webhook-backend.js'
import { YaraBackend } from '../backends/yara/yara-backend.js'
import type { YaraBuild } from '../backends/yara/yara-scanner.js'
import { BackendError } from '../errors.js'
import type { DefinedMicroengine } from './define-microengine.js'
import { Microengine, type MicroengineOptions } from './microengine.js'
import { resolveOwnPackages } from './own-packages.js'

/** What the shipped backends can be told. */
export interface BackendSettings {
  /** Directory of YARA rules; those that come with this package by default. */
  rulesDirectory?: string | undefined
  /** Which YARA-X scans. */
  yara?: YaraBuild | undefined
  /** Where clamd listens; see `parseClamdAddress`. `localhost:3310` by default. */
  clamd?: string | undefined
  /** Largest content that is sent to clamd, in bytes. */
  clamdMaxSize?: number | undefined
  /** A directory in which clamd is given artifacts as files. */
  clamdDirectory?: string | undefined
  /** Command line of the command backend; see `parseCommandLine`. */
  command?: string | undefined
  /** Where the program's verdict is: `exit-code`, `json`, or a pattern between slashes. */
  commandAnswer?: string | undefined
  /** Bytes of address space for each process of the program. */
  commandMemory?: number | undefined
  /** Whether the program may use the network. */
  commandNetwork?: boolean | undefined
  /** Address of the http backend's service. */
  service?: string | undefined
  /** Address of the webhook backend's webhook. */
  webhookUrl?: string | undefined
  /** File with the secret that is shared with it. */
  webhookSecretFile?: string | undefined
  /** Where it fetches artifacts and brings answers, as `host:port`. */
  webhookListen?: string | undefined
  /** How it reaches that. */
  webhookPublicUrl?: string | undefined
  /** Milliseconds that it gets for an artifact. */
  webhookTimeLimit?: number | undefined
  /** Whether it is asked for assertions, which is the default, or for votes. */
  webhookPhase?: 'assertion' | 'arbitration' | undefined
  /** Makes the backend of a name that runs in workers, where it is not to run in this process. */
  elsewhere?: ((name: string) => AnalysisBackend) | undefined
  /** Files and directories that the program may read beside those that its command line names. */
  commandRead?: readonly string[] | undefined
  /** Told what is good to know of a backend. */
  inform?: ((message: string) => void) | undefined
  /** Told what goes wrong without stopping a backend. */
  warn?: ((message: string) => void) | undefined
}

const SHIPPED: Record<string, (settings: BackendSettings) => AnalysisBackend> = {
  scratch: scratchBackend,
  eicar: eicarBackend,
  clamav: ({ clamd = 'localhost:3310', clamdMaxSize, clamdDirectory: directory, warn }) =>
    new ClamavBackend({
      address: parseClamdAddress(clamd),
      directory,
      warn,
      ...(clamdMaxSize !== undefined && { maxBytes: clamdMaxSize }),
    }),
  yara: ({ rulesDirectory, yara, inform, warn }) => new YaraBackend(rulesDirectory, { build: yara, inform, warn }),
  command: commandBackend,
  http: ({ service }) => {
    if (service === undefined)
      throw new BackendError({ backend: 'http', reason: 'no service is named: give --service' })
    return new HttpBackend({ url: service })
  },
  webhook: ({
    webhookUrl: url,
    webhookSecretFile: secretFile,
    webhookListen,
    webhookPublicUrl,
    webhookTimeLimit,
    webhookPhase: phase,
    ...rest
  }) => {
    if (url === undefined || secretFile === undefined) {
      const reason = 'no webhook is named: give --webhook-url and --webhook-secret-file'
      throw new BackendError({ backend: 'webhook', reason })
    }
    const { inform, warn } = rest
    const address = { listen: webhookListen, publicUrl: webhookPublicUrl }
    return new WebhookBackend({ url, secretFile, phase, ...address, timeLimit: webhookTimeLimit, inform, warn })
  },
  entropy: entropyBackend,
  url: urlBackend,
  multi: (settings) => multiBackend('clamav+yara', settings),
  contrarian: contrarianBackend,
}

function commandBackend(settings: BackendSettings): AnalysisBackend {
  const { command, commandAnswer, commandMemory, commandNetwork, commandRead, inform, warn } = settings
  if (command === undefined) {
    throw new BackendError({ backend: 'command', reason: 'no program is named: give --command' })
  }
  return new CommandBackend({
    command: parseCommandLine(command),
    inform,
    warn,
    ...(commandRead !== undefined && { readable: commandRead }),
    ...(commandAnswer !== undefined && { answer: parseAnswerRule(commandAnswer) }),
    ...(commandMemory !== undefined && { maxMemory: commandMemory }),
    ...(commandNetwork !== undefined && { network: commandNetwork }),
  })
}

/** @param names such as `clamav+yara`. */
function multiBackend(names: string, settings: BackendSettings): AnalysisBackend {
  const parts = names.split('+').map((name) => {
    const shipped = Object.hasOwn(SHIPPED, name) && name !== 'multi' ? SHIPPED[name] : undefined
    if (!shipped) throw new BackendError({ backend: `multi:${names}`, reason: `${name} is not a shipped backend` })
    return shipped(settings)
  })
  return new MultiBackend(parts)
}

/** Names of the backends that come with this package. */
export const SHIPPED_BACKENDS: readonly string[] = Object.keys(SHIPPED)

/**
 * Makes a microengine of what `--backend` names: shipped backends (`multi:clamav+yara` for several that answer as one), and files (`.ts` or `.js`) whose default export is a
 * microengine (from `defineMicroengine`, or a class that extends `Microengine`) or an analysis backend. One file with an
 * engine is that engine, with all it overrides; of several, each serves as a backend of one engine.
 *
 * @throws BackendError where one of them is not found or is something else.
 */
export async function loadMicroengine(
  names: readonly string[],
  options: MicroengineOptions,
  settings: BackendSettings = {},
): Promise<Microengine> {
  const parts: (AnalysisBackend | EngineFactory)[] = []
  for (const name of names) parts.push(await loadPart(name, settings))
  const [only] = parts
  if (parts.length === 1 && typeof only === 'function') return only(options)
  const backends = parts.map((part) => (typeof part === 'function' ? backendOf(part({})) : part))
  return new Microengine({ name: backends.map(({ name }) => name).join('+'), ...options, backends })
}

/** Whether a backend comes with this package. */
export function isShipped(name: string): boolean {
  return Object.hasOwn(SHIPPED, name) || name.startsWith('multi:')
}

/** What one name of `--backend` stands for. @throws BackendError where it is not found or is something else. */
export async function loadPart(name: string, settings: BackendSettings): Promise<AnalysisBackend | EngineFactory> {
  if (name.startsWith('multi:')) return multiBackend(name.slice('multi:'.length), settings)
  const shipped = Object.hasOwn(SHIPPED, name) ? SHIPPED[name] : undefined
  return shipped ? shipped(settings) : load(name)
}

/** One backend by its name, or of a file; an engine in a file serves as one. @throws what {@link loadPart} throws. */
export async function loadBackend(name: string, settings: BackendSettings): Promise<AnalysisBackend> {
  if (settings.elsewhere && isShipped(name)) return settings.elsewhere(name)
  const part = await loadPart(name, settings)
  const backend = typeof part === 'function' ? backendOf(part({})) : part
  // Workers know the backend of a file by the name that it gives itself.
  return settings.elsewhere?.(backend.name) ?? backend
}

/** Makes an engine of a file. */
export type EngineFactory = (options: MicroengineOptions) => Microengine

async function load(name: string): Promise<AnalysisBackend | EngineFactory> {
  const path = resolve(name)
  if (!existsSync(path)) {
    const known = SHIPPED_BACKENDS.join(', ')
    throw new BackendError({ backend: name, reason: `it is neither a file nor one of ${known}` })
  }
  resolveOwnPackages()
  const module = (await import(pathToFileURL(path).href).catch((cause: Error) => {
    throw new BackendError({ backend: name, reason: `it does not load: ${cause.message}`, cause })
  })) as { default?: unknown }
  const { default: exported } = module
  if (isEngineClass(exported)) return (options) => new exported(options)
  if (isDefinition(exported)) return (options) => exported.create(options)
  if (isBackend(exported)) return exported
  throw new BackendError({
    backend: name,
    reason: 'its default export is neither from defineMicroengine, nor a class that extends Microengine, nor a backend',
  })
}

/** By shape, since the file may have been loaded with another copy of this package. */
function isEngineClass(value: unknown): value is new (options: MicroengineOptions) => Microengine {
  return typeof value === 'function' && has(value.prototype, 'scan') && has(value.prototype, 'sendVerdict')
}

function isDefinition(value: unknown): value is DefinedMicroengine {
  return typeof value === 'object' && has(value, 'create')
}

function isBackend(value: unknown): value is AnalysisBackend {
  return typeof value === 'object' && has(value, 'analyze') && has(value, 'setup') && has(value, 'teardown')
}

function has(value: unknown, method: string): boolean {
  return value !== null && value !== undefined && typeof (value as Record<string, unknown>)[method] === 'function'
}

/** An engine as a backend of another. */
export function backendOf(engine: Microengine): AnalysisBackend {
  return {
    name: engine.name,
    versions: engine.versions,
    setup: () => engine.setup(),
    analyze: (request) => engine.scan({ ...request, guid: '' as never, index: 0 }),
    teardown: () => engine.teardown(),
  }
}
