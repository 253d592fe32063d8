import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { newGuid } from '@polyswarm/protocol'
import type { AnalysisBackend } from '../analysis/analysis-backend.js'
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

/** How each is made. Only those that are named are loaded: most engines have one or two. */
const SHIPPED: Record<string, (settings: BackendSettings) => Promise<AnalysisBackend>> = {
  scratch: async () => (await import('../backends/scratch/scratch-backend.js')).scratchBackend(),
  eicar: async () => (await import('../backends/eicar/eicar-backend.js')).eicarBackend(),
  clamav: async ({ clamd = 'localhost:3310', clamdMaxSize, clamdDirectory: directory, warn }) => {
    const [{ ClamavBackend }, { parseClamdAddress }] = await Promise.all([
      import('../backends/clamav/clamav-backend.js'),
      import('../backends/clamav/clamd-address.js'),
    ])
    const address = parseClamdAddress(clamd)
    return new ClamavBackend({
      address,
      directory,
      warn,
      ...(clamdMaxSize !== undefined && { maxBytes: clamdMaxSize }),
    })
  },
  yara: async ({ rulesDirectory, yara, inform, warn }) => {
    const { YaraBackend } = await import('../backends/yara/yara-backend.js')
    return new YaraBackend(rulesDirectory, { build: yara, inform, warn })
  },
  command: commandBackend,
  http: async ({ service }) => {
    if (service === undefined)
      throw new BackendError({ backend: 'http', reason: 'no service is named: give --service' })
    const { HttpBackend } = await import('../backends/http/http-backend.js')
    return new HttpBackend({ url: service })
  },
  webhook: async ({
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
    const { WebhookBackend } = await import('../backends/webhook/webhook-backend.js')
    const { inform, warn } = rest
    const address = { listen: webhookListen, publicUrl: webhookPublicUrl }
    return new WebhookBackend({ url, secretFile, phase, ...address, timeLimit: webhookTimeLimit, inform, warn })
  },
  entropy: async () => (await import('../backends/entropy/entropy-backend.js')).entropyBackend(),
  url: async () => (await import('../backends/url/url-backend.js')).urlBackend(),
  multi: (settings) => multiBackend('clamav+yara', settings),
  contrarian: async () => (await import('../backends/contrarian/contrarian-backend.js')).contrarianBackend(),
}

async function commandBackend(settings: BackendSettings): Promise<AnalysisBackend> {
  const { command, commandAnswer, commandMemory, commandNetwork, commandRead, inform, warn } = settings
  if (command === undefined) {
    throw new BackendError({ backend: 'command', reason: 'no program is named: give --command' })
  }
  const [{ CommandBackend }, { parseCommandLine }, { parseAnswerRule }] = await Promise.all([
    import('../backends/command/command-backend.js'),
    import('../backends/command/command-line.js'),
    import('../backends/command/command-answer.js'),
  ])
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
async function multiBackend(names: string, settings: BackendSettings): Promise<AnalysisBackend> {
  const parts = names.split('+').map((name) => {
    const shipped = Object.hasOwn(SHIPPED, name) && name !== 'multi' ? SHIPPED[name] : undefined
    if (!shipped) throw new BackendError({ backend: `multi:${names}`, reason: `${name} is not a shipped backend` })
    return shipped
  })
  const { MultiBackend } = await import('../backends/multi/multi-backend.js')
  const backends: AnalysisBackend[] = []
  for (const make of parts) backends.push(await make(settings))
  return new MultiBackend(backends)
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
    // Where an engine runs it, the request names the bounty.
    analyze: (request) => engine.scan({ guid: newGuid(), index: 0, ...request }),
    teardown: () => engine.teardown(),
  }
}
