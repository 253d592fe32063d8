import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { contrarianBackend } from '../backends/contrarian/contrarian-backend.js'
import { eicarBackend } from '../backends/eicar/eicar-backend.js'
import { scratchBackend } from '../backends/scratch/scratch-backend.js'
import { YaraBackend } from '../backends/yara/yara-backend.js'
import { BackendError } from '../errors.js'
import type { AnalysisBackend } from './analysis-backend.js'
import type { DefinedMicroengine } from './define-microengine.js'
import { Microengine, type MicroengineOptions } from './microengine.js'

/** What the shipped backends can be told. */
export interface BackendSettings {
  /** Directory of YARA rules; those that come with this package by default. */
  rulesDirectory?: string | undefined
}

const SHIPPED: Record<string, (settings: BackendSettings) => AnalysisBackend> = {
  scratch: scratchBackend,
  eicar: eicarBackend,
  yara: ({ rulesDirectory }) => new YaraBackend(rulesDirectory),
  contrarian: contrarianBackend,
}

/** Names of the backends that come with this package. */
export const SHIPPED_BACKENDS: readonly string[] = Object.keys(SHIPPED)

/**
 * Makes a microengine of what `--backend` names: shipped backends, and files (`.ts` or `.js`) whose default export is a
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
  for (const name of names) {
    const shipped = Object.hasOwn(SHIPPED, name) ? SHIPPED[name] : undefined
    parts.push(shipped ? shipped(settings) : await load(name))
  }
  const [only] = parts
  if (parts.length === 1 && typeof only === 'function') return only(options)
  const backends = parts.map((part) => (typeof part === 'function' ? backendOf(part({})) : part))
  return new Microengine({ name: backends.map(({ name }) => name).join('+'), ...options, backends })
}

type EngineFactory = (options: MicroengineOptions) => Microengine

async function load(name: string): Promise<AnalysisBackend | EngineFactory> {
  const path = resolve(name)
  if (!existsSync(path)) {
    const known = SHIPPED_BACKENDS.join(', ')
    throw new BackendError({ backend: name, reason: `it is neither a file nor one of ${known}` })
  }
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

function backendOf(engine: Microengine): AnalysisBackend {
  return {
    name: engine.name,
    versions: engine.versions,
    setup: () => engine.setup(),
    analyze: (request) => engine.scan({ ...request, guid: '' as never, index: 0 }),
    teardown: () => engine.teardown(),
  }
}
