import { constants, type Stats } from 'node:fs'
import { access, lstat, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'

/** What is below a directory that no bounty can be posted on, and why. */
export interface LeftOutFile {
  path: string
  reason: string
}

/** The files of a directory, as far as they can be posted. */
export interface PostableFiles {
  /** In alphabetical order. */
  files: string[]
  leftOut: LeftOutFile[]
}

/**
 * Looks for files to post in a directory and below it, or at one file. Empty files, those that are too large or cannot be read, links and
 * special files are left out.
 *
 * @param maxSize bytes of the largest file that is posted.
 * @throws the error of the file system where there is nothing, or the directory cannot be read.
 */
export async function postableFiles(place: string, maxSize: number): Promise<PostableFiles> {
  const found: PostableFiles = { files: [], leftOut: [] }
  const look = async (path: string, entry: Pick<Stats, 'isFile' | 'isSymbolicLink'>): Promise<void> => {
    const reason = entry.isFile() ? await reasonAgainst(path, maxSize) : entry.isSymbolicLink() ? 'a link' : 'no file'
    if (reason === undefined) found.files.push(path)
    else found.leftOut.push({ path, reason })
  }
  const entry = await lstat(place)
  const isDirectory = entry.isDirectory() || (entry.isSymbolicLink() && (await stat(place)).isDirectory())
  if (!isDirectory) {
    await look(place, entry)
    return found
  }
  for (const below of await readdir(place, { recursive: true, withFileTypes: true })) {
    if (!below.isDirectory()) await look(join(below.parentPath, below.name), below)
  }
  found.files.sort()
  found.leftOut.sort((a, b) => (a.path < b.path ? -1 : 1))
  return found
}

async function reasonAgainst(path: string, maxSize: number): Promise<string | undefined> {
  try {
    const { size } = await stat(path)
    if (size === 0) return 'empty'
    if (size > maxSize) return `larger than ${maxSize} bytes`
    await access(path, constants.R_OK)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The directory that all of these paths are in, or are: for one path that path itself. They are absolute. */
export function commonDirectory(paths: readonly string[]): string {
  let [common = sep] = paths
  const holds = (path: string): boolean => path === common || path.startsWith(common === sep ? sep : common + sep)
  while (!paths.every(holds)) common = dirname(common)
  return common
}

/** What files are called in a bounty: by their name, or by their path below the directory where several have the same name. */
export function namesInBounty(files: readonly string[], directory: string): string[] {
  const count = new Map<string, number>()
  for (const file of files) count.set(basename(file), (count.get(basename(file)) ?? 0) + 1)
  return files.map((file) => {
    const name = basename(file)
    return count.get(name) === 1 ? name : relative(directory, file).split(sep).join('/')
  })
}
