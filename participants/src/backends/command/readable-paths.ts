import { existsSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path'
import { SYSTEM_DIRECTORIES } from './private-root.js'

/** Nothing in them is a file of anybody's. */
const NOT_FILES = ['/dev', '/proc', '/sys']

/**
 * The files and directories that a command line names, and further ones, as far as a confined program does not see them
 * anyway. A directory that the home or the working directory lies in is none of them: it is named to say where to begin
 * looking, and much more than the program's own files is in it.
 *
 * @param command program and arguments; what follows a `=` counts as well.
 * @param further paths that are shown whatever they are.
 * @returns absolute paths, none of them within another.
 */
export function readablePaths([program = '', ...args]: readonly string[], further: readonly string[]): string[] {
  const words = [locate(program), ...args.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)])]
  const named = words
    .filter((word) => word !== '' && !word.includes('{}') && existsSync(word))
    .map((word) => resolve(word))
    .filter((path) => !isBroad(path))
  const all = [...new Set([...named, ...further.map((path) => resolve(path))])]
  const hidden = all.filter((path) => ![...SYSTEM_DIRECTORIES, ...NOT_FILES].some((place) => isWithin(path, place)))
  return hidden.filter((path) => !hidden.some((other) => other !== path && isWithin(path, other)))
}

/** Where a program is that is named without a directory. */
function locate(program: string): string {
  if (program.includes(sep)) return program
  const places = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute)
  return places.map((place) => join(place, program)).find((path) => existsSync(path)) ?? ''
}

function isBroad(path: string): boolean {
  if (!statSync(path).isDirectory()) return false
  const real = realpathSync(path)
  return [homedir(), process.cwd()].some((place) => isWithin(place, real) || isWithin(place, path))
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`)
}
