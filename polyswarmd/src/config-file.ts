import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseJson } from '@polyswarm/protocol'
import type { Command } from 'commander'
import { ConfigFileError } from './errors.js'

/** Settings that are paths: in a file they are meant from where the file is. */
const PATHS = new Set(['data', 'side', 'home'])

/**
 * Takes the settings of a command from a file where neither a flag nor the environment gives them. The file is a JSON
 * object; its keys are the names of the flags without the dashes in front.
 *
 * @throws ConfigFileError where the file is unreadable, or has a key that is no setting or a value that is no text,
 * number or truth value.
 */
export function applyConfigFile(command: Command, file: string): void {
  const options = new Map(command.options.map((option) => [option.long?.slice(2) ?? '', option.attributeName()]))
  options.delete('config')
  for (const [name, value] of Object.entries(readObject(file))) {
    const attribute = options.get(name)
    if (attribute === undefined) {
      throw new ConfigFileError({
        file,
        reason: `"${name}" is no setting; there are ${[...options.keys()].join(', ')}`,
      })
    }
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new ConfigFileError({ file, reason: `"${name}" must be a text, a number, true or false` })
    }
    if (['cli', 'env'].includes(command.getOptionValueSource(attribute) ?? '')) continue
    const text = PATHS.has(name) ? resolve(dirname(file), String(value)) : String(value)
    command.setOptionValueWithSource(attribute, text, 'config')
  }
}

function readObject(file: string): Record<string, unknown> {
  let content: unknown
  try {
    content = parseJson(readFileSync(file, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read'
    throw new ConfigFileError({ file, reason: `${reason} (${(cause as Error).message})`, cause })
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Record<string, unknown>
  }
  throw new ConfigFileError({ file, reason: 'it is no JSON object' })
}
