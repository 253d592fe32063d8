import { type FileHandle, open } from 'node:fs/promises'
import type { CID } from 'multiformats/cid'
import { ArtifactStoreError } from '../errors.js'
import type { PackedBlock } from './pack-index.js'

/** Bytes that wait to be written at most, beyond the block that is put. */
const WAITING = 4 * 1024 * 1024

/**
 * Bytes that are gathered until they are written: the blocks of small artifacts go with one call, and what turns out to be
 * stored already needs no file.
 */
const GATHERED = 256 * 1024

/** Bytes of a pack that goes without a file: to open, sync and move one takes longer than all else about it. */
const SMALL = 64 * 1024

/** Bytes after which the disk is told to begin: what it has done by the end need not be waited for then. */
const SYNCED_AFTER = 8 * 1024 * 1024

/** Blocks that are written with one call. */
const AT_ONCE = 256

/**
 * A file to which the blocks of one upload are appended as they come. Each is written once: files repeat themselves. What
 * puts blocks waits while too many of them wait for the disk.
 */
export class PackWriter {
  /** Of the blocks that were put, in order. */
  readonly blocks = new Map<string, PackedBlock>()
  readonly #path: string
  #file: FileHandle | undefined
  #size = 0
  #queue: Uint8Array[] = []
  #waiting = 0
  #written = 0
  #writing: Promise<void> | undefined
  #failure: Error | undefined
  #synced = 0
  #syncing: Promise<void> | undefined

  /** @param path must not be there yet; nothing is, until something is written. */
  constructor(path: string) {
    this.#path = path
  }

  /** Whether there is a file. */
  get isBegun(): boolean {
    return this.#file !== undefined
  }

  /** All that was put, where it is so little that it needs no file. */
  get small(): Buffer | undefined {
    return this.#file || this.#size > SMALL ? undefined : Buffer.concat(this.#queue, this.#size)
  }

  /** Takes a block, from the UnixFS importer or elsewhere. @throws ArtifactStoreError where one before was not written. */
  async put(cid: CID, bytes: Uint8Array): Promise<CID> {
    if (this.#failure) throw cannotWrite(this.#failure)
    const { digest } = cid.multihash
    const key = Buffer.from(digest).toString('latin1')
    if (this.blocks.has(key)) return cid
    this.blocks.set(key, { digest, offset: this.#size, length: bytes.length })
    this.#size += bytes.length
    this.#queue.push(bytes)
    this.#waiting += bytes.length
    if (this.#waiting >= GATHERED) this.#writing ??= this.#write()
    while (this.#waiting > WAITING) await this.#writing
    if (this.#failure) throw cannotWrite(this.#failure)
    return cid
  }

  /** Ends when all is on the disk, come what may. */
  async finish(): Promise<void> {
    await this.#writing
    await this.#write()
    if (this.#failure) throw cannotWrite(this.#failure)
    await this.#syncing
    await this.#file?.datasync()
    if (this.#failure) throw cannotWrite(this.#failure)
    await this.close()
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#writing
    await this.#syncing
    await this.#file?.close()
  }

  async #write(): Promise<void> {
    try {
      this.#file ??= await open(this.#path, 'wx')
      while (this.#queue.length > 0) {
        const batch = this.#queue.splice(0, AT_ONCE)
        const size = batch.reduce((sum, { length }) => sum + length, 0)
        await this.#append(this.#file, batch, size)
        this.#waiting -= size
        if (this.#written - this.#synced >= SYNCED_AFTER) this.#beginSync(this.#file)
      }
    } catch (error) {
      this.#failure = error as Error
      this.#queue = []
      this.#waiting = 0
    }
    this.#writing = undefined
  }

  #beginSync(file: FileHandle): void {
    if (this.#syncing) return
    this.#synced = this.#written
    this.#syncing = file
      .datasync()
      .catch((error) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#syncing = undefined
      })
  }

  /** A disk that is nearly full may take only a part. */
  async #append(file: FileHandle, batch: Uint8Array[], size: number): Promise<void> {
    const { bytesWritten } = await file.writev(batch, this.#written)
    this.#written += bytesWritten
    if (bytesWritten === size) return
    const rest = Buffer.concat(batch).subarray(bytesWritten)
    for (let done = 0; done < rest.length; ) {
      const { bytesWritten: more } = await file.write(rest, done, rest.length - done, this.#written)
      done += more
      this.#written += more
    }
  }
}

function cannotWrite(cause: Error): ArtifactStoreError {
  return new ArtifactStoreError({ action: 'write', cause })
}
