import { InvalidSwitchError } from './errors.js'

const ON = new Set(['true', 't', 'yes', 'y', 'on', '1'])
const OFF = new Set(['false', 'f', 'no', 'n', 'off', '0', ''])

/** What is asked of a command line; a `Command` of commander is one. */
export interface CommandLine {
  readonly options: readonly { envVar?: string | undefined; isBoolean(): boolean }[]
  hook(event: 'preSubcommand' | 'preAction', listener: (command: CommandLine, other: CommandLine) => void): unknown
}

/**
 * Reads the variables of switches, which are options without a value, of a command and of the subcommand that it comes to.
 * Commander takes a switch for given wherever its variable is set, to `false` as well; so those that say no are taken out of
 * the environment. To be called before the command line is parsed.
 *
 * One that says neither yes nor no is an InvalidSwitchError, thrown when the command is about to act: who asks for help gets it.
 */
export function readSwitches(command: CommandLine, env: NodeJS.ProcessEnv = process.env): void {
  for (const option of command.options) {
    const variable = option.isBoolean() ? option.envVar : undefined
    const value = variable === undefined ? undefined : env[variable]
    if (variable === undefined || value === undefined) continue
    const word = value.trim().toLowerCase()
    if (OFF.has(word)) delete env[variable]
    else if (!ON.has(word)) {
      command.hook('preAction', () => {
        throw new InvalidSwitchError({ variable, value })
      })
    }
  }
  command.hook('preSubcommand', (_, subcommand) => readSwitches(subcommand, env))
}
