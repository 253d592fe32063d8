import { eicarTestFile } from '../../artifacts/eicar.js'
import { ClamdError, InvalidOptionError } from '../../errors.js'
import { type ClamdAddress, clamdAddressText, isOnThisMachine } from './clamd-address.js'
import { type ClamdAnswer, readClamdAnswer } from './clamd-answer.js'
import { ClamdSession } from './clamd-session.js'
import { SharedDirectory } from './shared-directory.js'

/** How artifacts get to clamd as files. */
export interface ClamdFilesOptions {
  address: ClamdAddress
  /** A directory that this program can write to and clamd can read from. */
  directory: string
  /** Told once why clamd is not given files. */
  warn?: ((message: string) => void) | undefined
}

/**
 * Has clamd scan contents as files in a directory that both see, which spares it writing each stream to a file of its own.
 *
 * Before a connection is used, clamd has to find the EICAR test file in that directory: one that has another file system, may
 * not read, or leaves that path out would otherwise judge something that is not the artifact, or nothing.
 */
export class ClamdFiles {
  readonly #options: ClamdFilesOptions
  readonly #idle: ClamdSession[] = []
  #directory: SharedDirectory | undefined
  #isUsable = false
  readonly #warned = new Set<'full' | 'unread'>()

  /** @throws InvalidOptionError for a clamd on another machine. */
  constructor(options: ClamdFilesOptions) {
    if (!isOnThisMachine(options.address)) {
      const reason = `clamd at ${clamdAddressText(options.address)} is on another machine and cannot read from it`
      throw new InvalidOptionError({ option: '--clamd-directory', reason })
    }
    this.#options = options
  }

  /** @throws InvalidOptionError where nothing can be put into the directory; ClamdError where no clamd answers. */
  async setup(signal: AbortSignal): Promise<void> {
    this.#directory ??= await SharedDirectory.open(this.#options.directory)
    this.#isUsable = true
    this.#warned.clear()
    const session = await this.#connect(this.#directory, signal)
    if (session) this.#release(session)
  }

  /**
   * @returns undefined where the content has to go to clamd in another way.
   * @throws ClamdError where clamd gives no verdict; the signal's reason once it fires.
   */
  async scan(content: Uint8Array, signal: AbortSignal): Promise<ClamdAnswer | undefined> {
    const directory = this.#directory
    if (!directory || !this.#isUsable) return undefined
    return this.#withFile(directory, content, async (path) => {
      for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
        // clamd hangs up on those that are idle for long, and may do so while it is asked.
        const said = await idle.ask(`SCAN ${path}`, signal).catch(() => signal.throwIfAborted())
        if (said !== undefined) return this.#conclude(idle, said, path)
      }
      const session = await this.#connect(directory, signal)
      return session && this.#conclude(session, await this.#ask(session, path, signal), path)
    })
  }

  /** Nothing is left in the directory. */
  async teardown(): Promise<void> {
    this.#isUsable = false
    for (const session of this.#idle.splice(0)) session.end()
    await this.#directory?.close()
    this.#directory = undefined
  }

  /** @returns undefined where clamd does not find the test file. */
  async #connect(directory: SharedDirectory, signal: AbortSignal): Promise<ClamdSession | undefined> {
    return this.#withFile(directory, eicarTestFile(), async (path) => {
      const session = new ClamdSession(this.#options.address)
      const answer = readClamdAnswer(await this.#ask(session, path, signal), path)
      if ('found' in answer && answer.found !== null && session.alive) return session
      session.end()
      if ('unreadable' in answer) return this.#giveUp(answer.unreadable)
      if ('failed' in answer) return this.#giveUp(answer.failed)
      return this.#giveUp('it does not find the EICAR test file there')
    })
  }

  async #ask(session: ClamdSession, path: string, signal: AbortSignal): Promise<string> {
    try {
      return await session.ask(`SCAN ${path}`, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw this.#error((error as Error).message, error)
    }
  }

  #conclude(session: ClamdSession, said: string, path: string): ClamdAnswer | undefined {
    this.#release(session)
    const answer = readClamdAnswer(said, path)
    if ('found' in answer) return answer
    if ('unreadable' in answer) return this.#giveUp(answer.unreadable)
    throw this.#error(answer.failed)
  }

  #release(session: ClamdSession): void {
    if (session.alive && this.#isUsable) this.#idle.push(session)
    else session.end()
  }

  /** @returns undefined where the file cannot be written. */
  async #withFile<Result>(
    directory: SharedDirectory,
    content: Uint8Array,
    work: (path: string) => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    let path: string
    try {
      path = await directory.add(content)
    } catch (error) {
      this.#warn('full', `an artifact cannot be written to ${this.#options.directory}: ${(error as Error).message}`)
      return undefined
    }
    try {
      return await work(path)
    } finally {
      directory.remove(path)
    }
  }

  #giveUp(reason: string): undefined {
    this.#isUsable = false
    for (const session of this.#idle.splice(0)) session.end()
    this.#warn(
      'unread',
      `clamd at ${clamdAddressText(this.#options.address)} does not scan files in ${this.#options.directory} (${reason}), so ` +
        'they are sent to it: let the user that clamd runs as enter that directory and read what is in it, on the same machine',
    )
  }

  #warn(kind: 'full' | 'unread', message: string): void {
    if (!this.#warned.has(kind)) this.#options.warn?.(message)
    this.#warned.add(kind)
  }

  #error(reason: string, cause?: unknown): ClamdError {
    return new ClamdError({ address: clamdAddressText(this.#options.address), reason, cause })
  }
}
