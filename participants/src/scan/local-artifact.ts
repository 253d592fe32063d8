import { constants, type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import type { ArtifactType } from '@polyswarm/protocol'
import { ArtifactTooLargeError } from '../errors.js'

/** An artifact on this machine, not read yet. */
export interface LocalArtifact {
  /** As it is shown: its path, its URL, or `-` for standard input. */
  name: string
  artifactType: ArtifactType
  /** What an ambassador would say of it. */
  metadata: Record<string, unknown>
  /**
   * Its bytes.
   *
   * @throws ArtifactTooLargeError where it has more than `limit` of them; nothing above is held.
   */
  read(limit: number, signal: AbortSignal): Promise<Uint8Array>
}

/**
 * A file of any kind. Of one that was found in a directory (`found`) no pipe is waited for that may stand there by now.
 *
 * @param path in bytes: names of files need not be UTF-8.
 */
export function fileArtifact(path: Buffer, found: boolean): LocalArtifact {
  const name = path.toString()
  return {
    name,
    artifactType: 'file',
    metadata: { filename: basename(name) },
    read: async (limit, signal) => {
      await using file = await open(path, constants.O_RDONLY | (found ? constants.O_NONBLOCK : 0))
      if (found && !(await file.stat()).isFile()) throw new Error('it is no longer a file')
      return await readAll(name, piecesOf(file), limit, signal)
    },
  }
}

/** What comes on standard input, to its end. */
export function streamArtifact(stream: Readable): LocalArtifact {
  return {
    name: '-',
    artifactType: 'file',
    metadata: {},
    read: (limit, signal) => readAll('-', stream, limit, signal),
  }
}

/** A URL, as text: nothing is fetched from it. */
export function urlArtifact(url: string): LocalArtifact {
  return {
    name: url,
    artifactType: 'url',
    metadata: { uri: url, protocol: new URL(url).protocol.replace(':', '') },
    read: async () => new Uint8Array(Buffer.from(url)),
  }
}

const PIECE = 1024 * 1024

/** Pipes and devices, too, which have no size. */
async function* piecesOf(file: FileHandle): AsyncGenerator<Buffer> {
  const { size } = await file.stat()
  for (;;) {
    const { bytesRead, buffer } = await file.read(
      Buffer.allocUnsafeSlow(size === 0 ? PIECE : Math.min(size + 1, PIECE)),
    )
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

async function readAll(
  name: string,
  pieces: AsyncIterable<Buffer>,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const read: Buffer[] = []
  let size = 0
  for await (const piece of pieces) {
    signal.throwIfAborted()
    size += piece.length
    if (size > limit) throw new ArtifactTooLargeError({ artifact: name, limit })
    read.push(piece)
  }
  const content = new Uint8Array(size)
  let at = 0
  for (const piece of read) {
    content.set(piece, at)
    at += piece.length
  }
  return content
}
