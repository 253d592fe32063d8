import { isUtf8 } from 'node:buffer'
import type { Dirent } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { BackendError } from '../../errors.js'
import type { RefusedRules, RuleSource } from './rule-set.js'

/** The rules of a directory as they were read. */
export interface RuleDirectory {
  sources: RuleSource[]
  refused: RefusedRules[]
}

/** A place where there are rules: a file, or what is named like one and is not read. */
type Listed = { file: string; stamp: string } | RefusedRules

/**
 * Reads all files of rules in a directory (`.yar`, `.yara`), sub-directories included, sorted by name. A link to a file within
 * the directory is read like a file; one that leads out of it is refused, as is a file that cannot be read or is not UTF-8.
 *
 * @throws BackendError where the directory cannot be read.
 */
export async function readRuleDirectory(directory: string): Promise<RuleDirectory> {
  const listed = await listRules(directory)
  const read = await Promise.all(listed.map((entry) => ('reason' in entry ? entry : readRules(entry.file))))
  return {
    sources: read.flatMap((entry) => ('text' in entry ? [entry] : [])),
    refused: read.flatMap((entry) => ('reason' in entry ? [entry] : [])),
  }
}

/** Changes whenever a file of rules comes, goes or changes, links and what they lead to included. */
export async function stampOf(directory: string): Promise<string> {
  const listed = await listRules(directory)
  return listed.map((entry) => `${entry.file} ${'reason' in entry ? entry.reason : entry.stamp}`).join('\n')
}

async function listRules(directory: string): Promise<Listed[]> {
  const failed = (cause: Error): never => {
    throw new BackendError({ backend: 'yara', reason: `rules directory ${directory}: ${cause.message}`, cause })
  }
  const root = await realpath(directory).catch(failed)
  const entries = await entriesBelow(root).catch(failed)
  const inside = (path: string): boolean => path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)
  const files = new Set(entries.filter((entry) => entry.isFile() && isNamedRules(entry)).map(pathOf))
  const listed = entries.map(async (entry): Promise<Listed[]> => {
    const path = pathOf(entry)
    const file = join(directory, path.slice(root.length))
    if (entry.isSymbolicLink()) return listLink(entry, file, inside, files)
    if (!isNamedRules(entry) || entry.isDirectory()) return []
    return entry.isFile() ? listFile(file) : [{ file, reason: 'it is no file' }]
  })
  return (await Promise.all(listed)).flat().sort((a, b) => (a.file < b.file ? -1 : 1))
}

/** Links to directories are not followed; the option that makes `readdir` go down would follow them. */
async function entriesBelow(root: string): Promise<Dirent[]> {
  const entries: Dirent[] = []
  for (const directories = [root]; directories.length > 0; ) {
    const listed = await Promise.all(directories.splice(0).map((path) => readdir(path, { withFileTypes: true })))
    entries.push(...listed.flat())
    directories.push(
      ...listed
        .flat()
        .filter((entry) => entry.isDirectory())
        .map(pathOf),
    )
  }
  return entries
}

function pathOf(entry: Dirent): string {
  return join(entry.parentPath, entry.name)
}

function isNamedRules({ name }: Dirent): boolean {
  return /\.yara?$/i.test(name)
}

/** What a link leads to is read once, by whichever name. Directories within the directory are read as such. */
async function listLink(
  entry: Dirent,
  file: string,
  inside: (path: string) => boolean,
  files: ReadonlySet<string>,
): Promise<Listed[]> {
  let target: string
  let isDirectory: boolean
  try {
    target = await realpath(pathOf(entry))
    isDirectory = (await stat(target)).isDirectory()
  } catch {
    return isNamedRules(entry) ? [{ file, reason: 'it is a link to nothing' }] : []
  }
  if (!isDirectory && !isNamedRules(entry)) return []
  if (!inside(target)) {
    const reason = `it is a link out of the directory of rules, to ${target}: copy here what it leads to`
    return [{ file, reason }]
  }
  return isDirectory || files.has(target) ? [] : listFile(file)
}

/** One that has just gone is not there. */
async function listFile(file: string): Promise<Listed[]> {
  try {
    const { size, mtimeMs, ino } = await stat(file)
    return [{ file, stamp: `${size} ${mtimeMs} ${ino}` }]
  } catch {
    return []
  }
}

async function readRules(file: string): Promise<RuleSource | RefusedRules> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    return { file, reason: (error as Error).message }
  }
  if (isUtf8(bytes)) return { file, text: bytes.toString().replace(/^\ufeff/, '') }
  const reason = 'it is not UTF-8: write such bytes as \\xE9 is written, or convert the file'
  return { file, line: lineOfBadByte(bytes), reason }
}

function lineOfBadByte(bytes: Buffer): number {
  let line = 1
  for (let at = 0; at < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, at)
    const next = end < 0 ? bytes.length : end + 1
    if (!isUtf8(bytes.subarray(at, next))) break
    at = next
  }
  return line
}
