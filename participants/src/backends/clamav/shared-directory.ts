import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, fchmodSync, openSync, unlinkSync, writeFile, writeFileSync } from 'node:fs'
import { access, chmod, constants, lstat, mkdtemp, readdir, realpath, rm, rmdir, stat, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { InvalidOptionError } from '../../errors.js'

const OPTION = '--clamd-directory'
const PREFIX = 'polyswarm-'
/** A socket that listens as long as its engine lives, whatever kills it and in whichever container it runs. */
const ALIVE = 'alive'
/** Longest path of a Unix socket, on every system. */
const LONGEST_SOCKET = 100
/** Milliseconds after which a directory without a socket is none that an engine is about to use. */
const YOUNG = 60_000
/** Bytes up to which writing takes less time than having it done by another thread. */
const AT_ONCE = 1024 * 1024
/** Others may go through but not list: who does not know a name does not find it. */
const DIRECTORY_MODE = 0o711
const FILE_MODE = 0o644

const write = promisify(writeFile)

/**
 * Artifacts as files for another program on this machine, in a sub-directory of this engine's own. Names are random, of 122
 * bits, and cannot be listed by others. What an engine left that was killed is removed by the next one.
 */
export class SharedDirectory {
  readonly #path: string
  readonly #alive: Server

  private constructor(path: string, alive: Server) {
    this.#path = path
    this.#alive = alive
  }

  /** @throws InvalidOptionError where nothing can be put into that directory, or where anybody could replace what is. */
  static async open(directory: string): Promise<SharedDirectory> {
    const parent = await checked(directory)
    await removeLeftOvers(parent)
    const path = await mkdtemp(join(parent, PREFIX))
    try {
      await chmod(path, DIRECTORY_MODE)
      const alive = createServer((socket) => socket.destroy()).listen(join(path, ALIVE))
      alive.unref()
      await once(alive, 'listening')
      return new SharedDirectory(path, alive)
    } catch (cause) {
      await rm(path, { recursive: true, force: true })
      throw unusable(directory, (cause as Error).message)
    }
  }

  /**
   * Writes a file.
   *
   * @returns its path.
   * @throws what the file system says, such as that it is full; nothing is left then.
   */
  async add(content: Uint8Array): Promise<string> {
    const path = join(this.#path, randomUUID())
    const file = openSync(path, 'wx', FILE_MODE)
    try {
      try {
        // Whatever the umask is.
        fchmodSync(file, FILE_MODE)
        if (content.length <= AT_ONCE) writeFileSync(file, content)
        else await write(file, content)
      } finally {
        closeSync(file)
      }
      return path
    } catch (error) {
      this.remove(path)
      throw error
    }
  }

  /** @param path as `add` returned it. */
  remove(path: string): void {
    try {
      unlinkSync(path)
    } catch (error) {
      unlessMissing(error as NodeJS.ErrnoException)
    }
  }

  /** Removes the directory and all that is in it. */
  async close(): Promise<void> {
    // Again where a scan that is just being given up has added a file meanwhile.
    await rm(this.#path, { recursive: true, force: true, maxRetries: 3 })
    this.#alive.close()
  }
}

async function checked(directory: string): Promise<string> {
  // clamd is asked in one line.
  if (/\p{Cc}/u.test(directory)) throw unusable(directory, 'there is a control character in its name')
  try {
    const path = await realpath(directory)
    const { mode } = await stat(path)
    await access(path, constants.W_OK | constants.X_OK)
    if (mode & 0o002 && !(mode & 0o1000)) {
      throw unusable(directory, 'anybody may replace what is in it; take that right away, or set its sticky bit')
    }
    if (Buffer.byteLength(join(path, `${PREFIX}123456`, ALIVE)) > LONGEST_SOCKET) {
      throw unusable(directory, 'its path is too long')
    }
    return path
  } catch (error) {
    throw error instanceof InvalidOptionError ? error : unusable(directory, (error as Error).message)
  }
}

function unusable(directory: string, reason: string): InvalidOptionError {
  return new InvalidOptionError({ option: OPTION, reason: `"${directory}" cannot be used: ${reason}` })
}

/** Only what an engine of the same user has made, and nothing below it: such a directory has no directories in it. */
async function removeLeftOvers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue
    const path = join(parent, name)
    const found = await lstat(path).catch(unlessMissing)
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue
    if (await isInUse(join(path, ALIVE), Date.now() - found.mtimeMs < YOUNG)) continue
    const files = await readdir(path).catch(unlessMissing)
    for (const file of files ?? []) await unlink(join(path, file)).catch(() => undefined)
    await rmdir(path).catch(() => undefined)
  }
}

async function isInUse(path: string, isYoung: boolean): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? isYoung : code !== 'ECONNREFUSED'
  } finally {
    socket.destroy()
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
