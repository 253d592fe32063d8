import { InvalidSwitchError } from './errors.js'

const ON = new Set(['true', 't', 'yes', 'y', 'on', '1'])
const OFF = new Set(['false', 'f', 'no', 'n', 'off', '0', ''])

/** What is asked of a command line with its subcommands; a `Command` of commander is one. */
export interface CommandLine {
  readonly options: readonly { envVar?: string | undefined; isBoolean(): boolean }[]
  readonly commands: readonly CommandLine[]
}

/**
 * Reads the variables of options that have no value. Commander takes such an option for given wherever its variable is set,
 * `false` as well; so those that say no are taken out of the environment. To be called before the command line is parsed.
 *
 * @throws InvalidSwitchError if one says neither yes nor no.
 */
export function readSwitches({ options, commands }: CommandLine, env: NodeJS.ProcessEnv = process.env): void {
  for (const option of options) {
    const variable = option.isBoolean() ? option.envVar : undefined
    const value = variable === undefined ? undefined : env[variable]
    if (variable === undefined || value === undefined || ON.has(value.trim().toLowerCase())) continue
    if (!OFF.has(value.trim().toLowerCase())) throw new InvalidSwitchError({ variable, value })
    delete env[variable]
  }
  for (const command of commands) readSwitches(command, env)
}
