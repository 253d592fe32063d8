import { InvalidOptionError } from '../../errors.js'

/**
 * Splits a command line into program and arguments: at blanks, except within single or double quotes, which are taken off.
 * Nothing else has a meaning: no shell is involved.
 *
 * @throws InvalidOptionError for an empty line or a quote without end.
 * @example
 * ```ts
 * import { parseCommandLine } from '@polyswarm/participants'
 * parseCommandLine(`scan --name 'my scanner' {}`) // => ['scan', '--name', 'my scanner', '{}']
 * ```
 */
export function parseCommandLine(text: string): string[] {
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []
  const rest = text.replace(/"[^"]*"|'[^']*'/g, '')
  if (words.length === 0 || /["']/.test(rest)) {
    throw new InvalidOptionError({ option: '--command', reason: 'give a program and its arguments, quotes in pairs' })
  }
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single ?? ''))
}
