import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { urlProblem } from '../artifacts/url-list.js'
import { ScanTargetError } from '../errors.js'
import { fileArtifact, type LocalArtifact, streamArtifact, urlArtifact } from './local-artifact.js'

/** What a scan was asked to look at. */
export type ScanTarget =
  | { kind: 'file'; path: string }
  | { kind: 'directory'; path: string }
  | { kind: 'url'; url: string }
  | { kind: 'stream'; stream: Readable }

/** An artifact, or a place below a directory that is none: one that cannot be read, or is neither file nor directory. */
export type FoundArtifact = LocalArtifact | { name: string; unreadable: string } | { name: string; passedOver: string }

/**
 * Reads the words of a command line: `http://` and `https://` are URLs, `-` is standard input, all else is a file or a
 * directory. All are looked at before anything is scanned.
 *
 * @throws ScanTargetError for the first that there is nothing behind.
 */
export async function parseScanTargets(words: readonly string[], stdin: Readable): Promise<ScanTarget[]> {
  if (words.filter((word) => word === '-').length > 1) {
    throw new ScanTargetError({ target: '-', reason: 'standard input can be read once' })
  }
  return Promise.all(
    words.map(async (word): Promise<ScanTarget> => {
      if (word === '-') return { kind: 'stream', stream: stdin }
      if (/^https?:\/\//i.test(word)) {
        const problem = urlProblem(word)
        if (problem !== undefined) throw new ScanTargetError({ target: word, reason: problem })
        return { kind: 'url', url: word }
      }
      const stats = await stat(word).catch((cause: NodeJS.ErrnoException) => {
        throw new ScanTargetError({ target: word, reason: reasonOf(cause, word), cause })
      })
      return { kind: stats.isDirectory() ? 'directory' : 'file', path: word }
    }),
  )
}

function reasonOf({ code, message }: NodeJS.ErrnoException, word: string): string {
  if (word.includes('\ufffd')) return 'its name is not UTF-8; give the directory that it is in'
  return code === 'ENOENT' ? 'there is no such file, directory or URL' : message
}

/**
 * All that a scan looks at, in the order of the targets, directories with all that is below them, sorted by name. Links and
 * special files below a directory are passed over. Only the directories on the way to an artifact are held.
 */
export async function* artifactsOf(targets: readonly ScanTarget[]): AsyncGenerator<FoundArtifact> {
  for (const target of targets) {
    if (target.kind === 'url') yield urlArtifact(target.url)
    else if (target.kind === 'stream') yield streamArtifact(target.stream)
    else if (target.kind === 'file') yield fileArtifact(Buffer.from(target.path), false)
    else yield* filesBelow(Buffer.from(target.path))
  }
}

async function* filesBelow(root: Buffer): AsyncGenerator<FoundArtifact> {
  // A list of levels and no recursion: what is deep would cost each file its depth.
  const levels: Level[] = []
  for (let next: Buffer | undefined = root; next ?? levels.length > 0; ) {
    if (next) {
      const level = await levelOf(next)
      if (level instanceof Error) yield { name: next.toString(), unreadable: level.message }
      else levels.push(level)
      next = undefined
      continue
    }
    const { path, entries } = levels.at(-1) as Level
    const entry = entries.pop()
    if (!entry) {
      levels.pop()
      continue
    }
    const below = Buffer.concat([path, Buffer.from(path.at(-1) === SLASH ? '' : '/'), entry.name])
    if (entry.isDirectory()) next = below
    else if (entry.isFile()) yield fileArtifact(below, true)
    else yield { name: below.toString(), passedOver: entry.isSymbolicLink() ? 'a link' : 'a special file' }
  }
}

const SLASH = 0x2f

interface Level {
  path: Buffer
  /** Those that are still to come, the next one last. */
  entries: Dirent<Buffer>[]
}

async function levelOf(path: Buffer): Promise<Level | Error> {
  try {
    const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' })
    return { path, entries: entries.sort((a, b) => Buffer.compare(b.name, a.name)) }
  } catch (error) {
    return error as Error
  }
}
