import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** More files than this are not looked at: a folder with so many is not that of an engine alone. */
const MOST = 5_000

/**
 * What changes when a file in a folder or below it is written, added or removed. What is installed there, and hidden files,
 * do not count.
 */
export async function sourceStamp(folder: string): Promise<string> {
  const stamps: string[] = []
  const folders = [folder]
  for (let current = folders.pop(); current !== undefined && stamps.length < MOST; current = folders.pop()) {
    for (const entry of await readdir(current, { withFileTypes: true }).catch(() => [])) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue
      const path = join(current, entry.name)
      if (entry.isDirectory()) folders.push(path)
      // Between the list and the look a file may go: the next look tells.
      const found = entry.isFile() ? await stat(path).catch(() => undefined) : undefined
      if (found) stamps.push(`${path} ${found.mtimeMs} ${found.size}`)
    }
  }
  return stamps.sort().join('\n')
}
