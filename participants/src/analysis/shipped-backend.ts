import type { ArtifactType } from '@polyswarm/protocol'
import type { AnalysisBackend } from './analysis-backend.js'
import type { DefinedOption } from './defined-option.js'

/** What a backend works with besides options of its own. */
export interface BackendTools {
  /** Makes another shipped backend, by its name. */
  make: (name: string) => Promise<AnalysisBackend>
  /** Milliseconds that a backend gets for one artifact. */
  scanTimeLimit?: number | undefined
  /** Whether findings are for assertions, which is the default, or for votes. */
  phase?: 'assertion' | 'arbitration' | undefined
  /** Told what is good to know of a backend. */
  inform?: ((message: string) => void) | undefined
  /** Told what goes wrong without stopping a backend. */
  warn?: ((message: string) => void) | undefined
}

/**
 * A backend that comes with this package: all that programs, help, docs and the test of the rules of backends need of it.
 *
 * @typeParam Settings what it can be told; the name of each setting is that of its flag in camel case.
 */
export interface ShippedBackend<Settings = Record<never, never>> {
  /** What `--backend` calls it. */
  readonly name: string
  /** What it looks with, as a cell of the table in the docs. */
  readonly looksWith: string
  readonly options: { readonly [Name in keyof Settings]-?: DefinedOption }
  /** What it judges; files by default. */
  readonly judges?: ArtifactType
  /** Whether it knows the EICAR test file. */
  readonly knowsEicar?: boolean
  /** What it cannot do without, such as a service. Tests of its own then run the rules of backends. */
  readonly needs?: string
  /** @throws BackendError or InvalidOptionError where it cannot be made of what was given. */
  make(settings: Settings, tools: BackendTools): AnalysisBackend | Promise<AnalysisBackend>
}
