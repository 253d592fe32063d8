import { basename, dirname, join } from 'node:path/posix'

/** What each file imports of the others, all from the top of the repository. */
export type Imports = ReadonlyMap<string, readonly string[]>

/**
 * The tests that import one of the files, the nearest first: those that import it themselves, then those that import what
 * imports it, and so on. A changed test is the nearest of all; of two that are equally far, the one whose name is that of a
 * changed file comes first, then one in its folder.
 */
export function nearTests(imports: Imports, changed: readonly string[]): string[] {
  const importers = new Map<string, string[]>()
  for (const [file, imported] of imports) {
    for (const each of imported) importers.set(each, [...(importers.get(each) ?? []), file])
  }
  const distances = new Map(changed.map((file) => [file, 0]))
  const queue = [...distances.keys()]
  for (const file of queue) {
    for (const importer of importers.get(file) ?? []) {
      if (distances.has(importer)) continue
      distances.set(importer, (distances.get(file) ?? 0) + 1)
      queue.push(importer)
    }
  }
  const names = new Set(changed.map(stem))
  const folders = new Set(changed.map(dirname))
  const rank = (test: string): number[] => [
    distances.get(test) ?? 0,
    names.has(stem(test)) ? 0 : 1,
    folders.has(dirname(test)) ? 0 : 1,
  ]
  return queue
    .filter((file) => file.endsWith('.test.ts') && imports.has(file))
    .map((test) => ({ test, rank: rank(test) }))
    .sort((one, other) => compare(one.rank, other.rank) || (one.test < other.test ? -1 : 1))
    .map(({ test }) => test)
}

/** The files that a module names by their path; `there` are those that exist, from the top of the repository. */
export function importedFiles(path: string, text: string, there: ReadonlySet<string>): string[] {
  return Array.from(text.matchAll(/(?:from|import\(?|new URL\()\s*['"](\.{1,2}\/[^'"]+)['"]/g), ([, named = '']) => {
    const file = join(dirname(path), named)
    return [file, file.replace(/\.js$/, '.ts'), file.replace(/\.js$/, '.tsx')].find((each) => there.has(each))
  }).filter((file) => file !== undefined)
}

/** A file's name without its endings. */
export function stem(path: string): string {
  return basename(path).split('.', 1)[0] ?? ''
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, i) => number !== other[i])
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0)
}
