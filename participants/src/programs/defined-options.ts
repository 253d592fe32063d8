import { type Command, InvalidArgumentError } from 'commander'
import type { DefinedOption } from '../analysis/defined-option.js'
import { InvalidOptionError } from '../errors.js'
import { listOption, option } from './participant-options.js'

/** Adds an option that a part of the program has brought with it. */
export function addDefinedOption(
  command: Command,
  { flags, description, variable, standard, choices, read }: DefinedOption,
): void {
  if (flags.includes('...')) {
    command.addOption(listOption(flags, description, variable, standard as readonly string[]))
    return
  }
  const made = option(flags, description, variable).default(standard)
  if (choices) made.choices(choices)
  command.addOption(read ? made.argParser((text) => readOption(text, read)) : made)
}

function readOption(text: string, read: (text: string) => unknown): unknown {
  try {
    return read(text)
  } catch (error) {
    if (error instanceof InvalidOptionError) throw new InvalidArgumentError(error.message)
    throw error
  }
}
