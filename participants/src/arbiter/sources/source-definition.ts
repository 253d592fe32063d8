import type { DefinedOption } from '../../analysis/defined-option.js'
import type { BackendSettings } from '../../microengine/load-backend.js'
import type { TruthSource } from '../truth-source.js'

/** What sources work with besides options of their own. */
export interface SourceTools {
  /** How analysis backends are set up. */
  backends: BackendSettings
  /** Milliseconds that a backend gets for one artifact. */
  timeLimit: number
  /** Told what goes wrong without stopping a source. */
  warn: (message: string) => void
}

/** A kind of truth source: all that the program, its help and the docs need of it. */
export interface SourceDefinition<Flags = object> {
  readonly name: string
  /** What it knows, in a sentence without its full stop. */
  readonly knows: string
  readonly options: readonly DefinedOption[]
  /** @throws InvalidOptionError or BackendError where it cannot be made of what was given. */
  make(flags: Flags, tools: SourceTools): TruthSource | Promise<TruthSource>
}
