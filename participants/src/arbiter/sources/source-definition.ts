import type { BackendSettings } from '../../microengine/load-backend.js'
import type { TruthSource } from '../truth-source.js'

/** An option of the command line that a source brings with it. */
export interface SourceOption {
  /** As `--name <value>`; with `...` behind the value where several can be given. */
  flags: string
  description: string
  /** Environment variable for the same. */
  variable: string
  /** What counts where nothing is given. */
  standard?: unknown
  /** Reads the text; throws InvalidOptionError for one that is none. Several values come as a list of texts. */
  read?: (text: string) => unknown
}

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
  readonly options: readonly SourceOption[]
  /** @throws InvalidOptionError or BackendError where it cannot be made of what was given. */
  make(flags: Flags, tools: SourceTools): TruthSource | Promise<TruthSource>
}
