/** An option of the command line that a part of a program brings with it. */
export interface DefinedOption {
  /** As `--name <value>`; with `...` behind the value where several can be given, without a value for a switch. */
  flags: string
  description: string
  /** Environment variable for the same. */
  variable: string
  /** What counts where nothing is given. */
  standard?: unknown
  /** The texts that it can be; any by default. */
  choices?: readonly string[]
  /** Reads the text; throws InvalidOptionError for one that is none. Several values come as a list of texts. */
  read?: (text: string) => unknown
}
