import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Why tests that need a program are skipped, for their title; '' where it is there, and where CI=true, so that they fail
 * and are not skipped unseen.
 */
export function missingProgram(name: string, remedy: string): string {
  const found = (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, name)))
  return found || process.env.CI === 'true' ? '' : ` (skipped: there is no ${name}, ${remedy})`
}
