import { randomUUID } from 'node:crypto'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OutputFileError } from '../errors.js'

/**
 * A file that is there whole or not at all: it is written under a name of its own beside its place, and takes the place when
 * all of it is on the disk.
 */
export class DurableFile {
  /** Where it will stand. */
  readonly path: string
  readonly #partial: string
  readonly #handle: FileHandle
  readonly #replace: boolean

  private constructor(path: string, partial: string, handle: FileHandle, replace: boolean) {
    this.path = path
    this.#partial = partial
    this.#handle = handle
    this.#replace = replace
  }

  /**
   * @param replace whether it may take the place of a file that is there.
   * @throws OutputFileError where it cannot be made.
   */
  static async create(path: string, { replace }: { replace: boolean }): Promise<DurableFile> {
    const partial = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.partial`)
    try {
      return new DurableFile(path, partial, await open(partial, 'wx+', 0o600), replace)
    } catch (cause) {
      throw failure(path, cause)
    }
  }

  async write(content: Uint8Array | string): Promise<void> {
    try {
      await this.#handle.appendFile(content)
    } catch (cause) {
      throw failure(this.path, cause)
    }
  }

  /** Reads what was written, from anywhere in it. */
  async read(position: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(length), 0, length, position)
    return buffer.subarray(0, bytesRead)
  }

  /**
   * Puts it in its place.
   *
   * @throws OutputFileError where another file is there and may not be replaced, or the disk fails; nothing is left then.
   */
  async commit(): Promise<void> {
    try {
      await this.#handle.sync()
      await this.#handle.close()
      if (this.#replace) await rename(this.#partial, this.path)
      else {
        // Unlike a look and a rename, this cannot replace what somebody else puts there meanwhile.
        await link(this.#partial, this.path)
        await rm(this.#partial)
      }
      await syncDirectory(dirname(this.path))
    } catch (cause) {
      await this.discard()
      throw failure(this.path, cause)
    }
  }

  /** Leaves nothing of it. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    await rm(this.#partial, { force: true })
  }
}

/** Where directories cannot be opened, as on Windows, their entries are durable by themselves. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using directory = await open(path, 'r')
  await directory.sync()
}

function failure(path: string, cause: unknown): OutputFileError {
  if (cause instanceof OutputFileError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  const known: Record<string, string> = {
    EEXIST: 'it is there already; --force replaces it',
    ENOENT: 'its directory is not there',
    EACCES: 'you may not write there',
    ENOSPC: 'the disk is full',
  }
  return new OutputFileError({ path, reason: known[code ?? ''] ?? message, cause })
}
