import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openAsBlob,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makePrivate } from '@polyswarm/participants/ambassador'
import { UploadRefusedError } from '../errors.js'

/** A file that was received, and lies beside the shelf until it is put on it. */
export interface ReceivedFile {
  path: string
  sha256: string
  sha1: string
  md5: string
  /** Bytes. */
  size: number
  /** Its first bytes, up to 4,096. */
  head: Buffer
}

const HEAD = 4_096

/**
 * The bytes of submissions, by their SHA-256: files without a name, ending or right to be run, of which no program here opens
 * or shows any.
 */
export class ArtifactShelf {
  readonly #root: string

  /** Makes the shelf where there is none, and removes what uploads that were cut short have left. */
  constructor(root: string) {
    this.#root = root
    mkdirSync(this.#incoming, { recursive: true, mode: 0o700 })
    makePrivate(root)
    for (const name of readdirSync(this.#incoming)) rmSync(join(this.#incoming, name))
  }

  get #incoming(): string {
    return join(this.#root, 'incoming')
  }

  #pathOf(sha256: string): string {
    return join(this.#root, sha256.slice(0, 2), sha256)
  }

  /**
   * Receives bytes into a file that is on the disk when this returns.
   *
   * @param limit bytes.
   * @throws UploadRefusedError where there are none, or more; and what the source throws. Nothing is left behind then.
   */
  async receive(source: AsyncIterable<Uint8Array>, limit: number): Promise<ReceivedFile> {
    const path = join(this.#incoming, randomUUID())
    const hashes = { sha256: createHash('sha256'), sha1: createHash('sha1'), md5: createHash('md5') }
    const heads: Uint8Array[] = []
    let size = 0
    const file = await open(path, 'wx', 0o600)
    try {
      for await (const chunk of source) {
        if (size < HEAD) heads.push(Buffer.from(chunk.subarray(0, HEAD - size)))
        size += chunk.length
        if (size > limit) throw new UploadRefusedError({ reason: `at most ${limit} bytes are judged`, tooLarge: true })
        for (const hash of Object.values(hashes)) hash.update(chunk)
        await file.writeFile(chunk)
      }
      if (size === 0) throw new UploadRefusedError({ reason: 'there is nothing in it' })
      await file.sync()
    } catch (error) {
      await file.close()
      await rm(path, { force: true })
      throw error
    }
    await file.close()
    const [sha256, sha1, md5] = [hashes.sha256, hashes.sha1, hashes.md5].map((hash) => hash.digest('hex'))
    return { path, sha256: sha256 ?? '', sha1: sha1 ?? '', md5: md5 ?? '', size, head: Buffer.concat(heads) }
  }

  /** Puts a received file on the shelf, at once: between this and writing it down, nothing else happens. */
  keep({ path, sha256 }: ReceivedFile): void {
    const target = this.#pathOf(sha256)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    renameSync(path, target)
    syncDirectory(dirname(target))
  }

  /** The bytes of an artifact. @throws Error where they are not there. */
  async blob(sha256: string): Promise<Blob> {
    return openAsBlob(this.#pathOf(sha256))
  }

  has(sha256: string): boolean {
    return existsSync(this.#pathOf(sha256))
  }

  /** Removes the bytes of an artifact from the disk. */
  remove(sha256: string): void {
    rmSync(this.#pathOf(sha256), { force: true })
  }

  /** Removes a received file that is not kept. */
  discard({ path }: ReceivedFile): void {
    rmSync(path, { force: true })
  }
}

/** A file that was renamed is there after a power cut only once its folder is on the disk. */
function syncDirectory(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
