import { chmod, copyFile, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const MIN_FILES = 2_000
const MIN_BYTES = 200_000_000
/** Bytes of the largest file. */
export const LARGEST = 16_000_000

/** Files that are scanned. */
export interface Corpus {
  directory: string
  paths: string[]
  bytes: number
}

/** Copies of files of this machine: programs, libraries, scripts, documents, as they come. */
export async function makeCorpus(directory: string): Promise<Corpus> {
  await mkdir(directory)
  const paths: string[] = []
  let bytes = 0
  for (const root of ['/usr/bin', '/usr/lib', '/usr/share']) {
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (paths.length >= MIN_FILES && bytes >= MIN_BYTES) return { directory, paths, bytes }
      if (!entry.isFile()) continue
      const source = join(entry.parentPath, entry.name)
      const { size } = await stat(source)
      if (size === 0 || size > LARGEST) continue
      // Small files first would be few bytes, large ones few files.
      const wanted = paths.length < MIN_FILES ? bytes < MIN_BYTES || size < 50_000 : true
      if (!wanted) continue
      const path = join(directory, `${paths.length}`.padStart(6, '0'))
      await copyFile(source, path)
      await chmod(path, 0o644)
      paths.push(path)
      bytes += size
    }
  }
  return { directory, paths, bytes }
}
