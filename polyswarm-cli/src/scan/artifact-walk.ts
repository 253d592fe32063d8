import type { Dirent } from 'node:fs'
import { constants, open, readdir, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { MAX_URL } from '@polyswarm/protocol/consumer'
import { InvalidArgumentError, UnusableTargetError } from '../errors.js'
import { isUrl, livingUrl } from './living-url.js'

/** Something to be scanned, not read yet. */
export interface FoundArtifact {
  /** As it is shown: its path, its URL, or `-`. */
  target: string
  /** As the market is told: the file's name without its directory, or the URL. */
  name: string
  type: 'FILE' | 'URL'
  /**
   * Its bytes, read once.
   *
   * @throws UnusableTargetError where it is empty, larger than `limit`, gone, or may not be read.
   */
  read: (limit: number, signal: AbortSignal) => Promise<Buffer>
}

/** A place below a directory that is passed over, and why. */
export interface PassedOver {
  target: string
  passedOver: string
}

/** What `scan` takes its words for. */
export type TargetKind = 'file' | 'url' | 'either'

/**
 * All that the words of a command line name, in their order; a directory stands for the files below it, sorted by name.
 * Links and special files below a directory are passed over. Nothing is held but the directories on the way.
 *
 * @throws InvalidArgumentError where `-` stands twice.
 */
export async function* artifactsOf(
  words: readonly string[],
  kind: TargetKind,
  stdin: Readable,
): AsyncGenerator<FoundArtifact | PassedOver> {
  if (words.filter((word) => word === '-').length > 1) {
    throw new InvalidArgumentError({ argument: '-', reason: 'standard input can be read once' })
  }
  for (const word of words) {
    if (kind === 'url' || (kind === 'either' && isUrl(word))) yield urlArtifact(livingUrl(word))
    else if (word === '-') yield streamArtifact(stdin)
    else if (await isDirectory(word)) yield* filesBelow(Buffer.from(word))
    else yield fileArtifact(Buffer.from(word), false)
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}

interface Level {
  path: Buffer
  /** Those that are still to come, the next one last. */
  entries: Dirent<Buffer>[]
}

const SLASH = 0x2f

async function* filesBelow(root: Buffer): AsyncGenerator<FoundArtifact | PassedOver> {
  // A list of levels and no recursion: what is deep would cost each file its depth.
  const levels: Level[] = []
  for (let next: Buffer | undefined = root; next ?? levels.length > 0; ) {
    if (next) {
      const path = next
      next = undefined
      try {
        const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' })
        levels.push({ path, entries: entries.sort((a, b) => Buffer.compare(b.name, a.name)) })
      } catch (cause) {
        yield unreadable(path.toString(), cause)
      }
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
    else yield { target: below.toString(), passedOver: entry.isSymbolicLink() ? 'a link' : 'no file' }
  }
}

function unreadable(target: string, cause: unknown): FoundArtifact {
  const read = async () => {
    throw new UnusableTargetError({ target, reason: reasonOf(cause), cause })
  }
  return { target, name: basename(target), type: 'FILE', read }
}

/**
 * @param path in bytes: names of files need not be UTF-8.
 * @param found whether it was found below a directory: no pipe is waited for that may stand there by now.
 */
function fileArtifact(path: Buffer, found: boolean): FoundArtifact {
  const target = path.toString()
  const read = async (limit: number, signal: AbortSignal): Promise<Buffer> => {
    try {
      await using file = await open(path, constants.O_RDONLY | (found ? (constants.O_NONBLOCK ?? 0) : 0))
      if (found && !(await file.stat()).isFile()) {
        throw new UnusableTargetError({ target, reason: 'it is no longer a file' })
      }
      return await readAll(target, file.createReadStream({ autoClose: false, signal }), limit)
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof UnusableTargetError) throw cause
      throw new UnusableTargetError({ target, reason: reasonOf(cause), cause })
    }
  }
  return { target, name: basename(target), type: 'FILE', read }
}

function streamArtifact(stream: Readable): FoundArtifact {
  return { target: '-', name: 'stdin', type: 'FILE', read: (limit) => readAll('-', stream, limit) }
}

function urlArtifact(url: string): FoundArtifact {
  const read = async (): Promise<Buffer> => {
    const { protocol } = URL.parse(url) ?? {}
    if (protocol === undefined) throw new UnusableTargetError({ target: url.slice(0, 200), reason: 'it is no URL' })
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new UnusableTargetError({ target: url.slice(0, 200), reason: 'the market judges http and https URLs' })
    }
    if (url.length > MAX_URL) {
      throw new UnusableTargetError({ target: `${url.slice(0, 80)}…`, reason: `it is longer than ${MAX_URL}` })
    }
    return Buffer.from(url)
  }
  return { target: url, name: url, type: 'URL', read }
}

async function readAll(target: string, stream: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of stream) {
    size += part.length
    if (size > limit) throw new UnusableTargetError({ target, reason: `it is larger than ${limit} bytes` })
    parts.push(part)
  }
  if (size === 0) throw new UnusableTargetError({ target, reason: 'it is empty' })
  return Buffer.concat(parts)
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  const known: Record<string, string> = {
    ENOENT: 'there is no such file or directory',
    EACCES: 'you may not read it',
    EISDIR: 'it is a directory',
    ELOOP: 'its links go round',
  }
  return known[code ?? ''] ?? message
}
