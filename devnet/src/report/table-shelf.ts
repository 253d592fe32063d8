import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files that are kept; the oldest go first. */
const KEPT = 50

/** Tables that were too long for the story, whole, one file each. */
export class TableShelf {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Keeps a table. @returns its file. */
  put(name: string, lines: readonly string[]): string {
    const file = join(this.#directory, `${name}.txt`)
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
    const files = readdirSync(this.#directory).map((entry) => join(this.#directory, entry))
    const age = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    const others = files.filter((path) => path !== file).sort((a, b) => age(b) - age(a))
    for (const old of others.slice(KEPT - 1)) rmSync(old, { force: true })
    return file
  }
}
