import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ArtifactType, newGuid } from '@polyswarm/protocol'
import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import type { BackendTools } from '../analysis/shipped-backend.js'
import { SHIPPED_BACKENDS, type ShippedSettings } from '../backends/shipped-backends.js'
import { BackendError } from '../errors.js'
import type { DefinedMicroengine } from './define-microengine.js'
import { Microengine, type MicroengineOptions } from './microengine.js'
import { resolveOwnPackages } from './own-packages.js'

/** What the shipped backends can be told, and what they work with. */
export interface BackendSettings extends ShippedSettings, Omit<BackendTools, 'make'> {
  /** Makes the backend of a name that runs in workers, where it is not to run in this process. */
  elsewhere?: ((name: string) => AnalysisBackend) | undefined
}

const SHIPPED = new Map(SHIPPED_BACKENDS.map((backend) => [backend.name, backend]))
/** Begins the name of several backends that answer as one, such as `multi:clamav+yara`. */
const MULTI = 'multi:'

async function makeShipped(name: string, settings: BackendSettings): Promise<AnalysisBackend> {
  if (name.startsWith(MULTI)) return makeMulti(name, settings)
  const shipped = SHIPPED.get(name)
  if (!shipped) throw new BackendError({ backend: name, reason: 'it is not a shipped backend' })
  return shipped.make(settings, { ...settings, make: (other) => makeShipped(other, settings) })
}

async function makeMulti(name: string, settings: BackendSettings): Promise<AnalysisBackend> {
  const parts = name.slice(MULTI.length).split('+')
  const stranger = parts.find((part) => !SHIPPED.has(part) || part === 'multi')
  if (stranger !== undefined) throw new BackendError({ backend: name, reason: `${stranger} is not a shipped backend` })
  const { MultiBackend } = await import('../backends/multi/multi-backend.js')
  const backends: AnalysisBackend[] = []
  for (const part of parts) backends.push(await makeShipped(part, settings))
  return new MultiBackend(backends)
}

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
  return new Microengine({
    name: backends.map(({ name }) => name).join('+'),
    artifacts: judgedBy(names),
    ...options,
    backends,
  })
}

/** What an engine of such backends judges where nobody says: files, unless all are for URLs. */
function judgedBy(names: readonly string[]): ArtifactType[] {
  return names.every((name) => SHIPPED.get(name)?.judges === 'url') ? ['url'] : ['file']
}

/** Whether a backend comes with this package. */
export function isShipped(name: string): boolean {
  return SHIPPED.has(name) || name.startsWith(MULTI)
}

/** What one name of `--backend` stands for. @throws BackendError where it is not found or is something else. */
export async function loadPart(name: string, settings: BackendSettings): Promise<AnalysisBackend | EngineFactory> {
  return isShipped(name) ? makeShipped(name, settings) : load(name)
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
    const known = [...SHIPPED.keys()].join(', ')
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
