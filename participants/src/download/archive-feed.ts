import type { ArchivedArtifact } from '../car/verified-archive.js'
import { ArtifactTooLargeError, MalformedArtifactError } from '../errors.js'

/** After so long without anybody asking, in milliseconds, an archive is let go of: its connection is for those who read. */
const LET_GO_AFTER = 30_000

/**
 * Hands out the artifacts of an archive by their position, as they come in order; nothing is read before it is asked for,
 * and nothing is kept that was passed over.
 */
export class ArchiveFeed {
  readonly #artifacts: AsyncGenerator<ArchivedArtifact>
  readonly #stop: AbortController
  readonly #last: number
  #turn: Promise<unknown> = Promise.resolve()
  #passed = -1
  #idle: NodeJS.Timeout | undefined

  /**
   * @param last position of the last artifact that will be asked for.
   * @param stop ends the archive's source.
   */
  constructor(artifacts: AsyncGenerator<ArchivedArtifact>, last: number, stop: AbortController) {
    this.#artifacts = artifacts
    this.#last = last
    this.#stop = stop
    this.#wait()
  }

  /**
   * The bytes of an artifact, which were verified.
   *
   * @returns undefined for one that was passed, or that the archive does not give: it is to be had elsewhere.
   * @throws ArtifactTooLargeError, MalformedArtifactError, which would be the same elsewhere, and the signal's reason.
   */
  take(index: number, signal?: AbortSignal): Promise<Buffer | undefined> {
    const turn = this.#turn.then(() => this.#read(index, signal))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Ends the archive. */
  close(): void {
    clearTimeout(this.#idle)
    this.#stop.abort(new Error('nobody reads it'))
  }

  async #read(index: number, signal: AbortSignal | undefined): Promise<Buffer | undefined> {
    const onAbort = (): void => this.#stop.abort(signal?.reason)
    signal?.throwIfAborted()
    signal?.addEventListener('abort', onAbort, { once: true })
    clearTimeout(this.#idle)
    try {
      while (this.#passed < index) {
        const { done, value } = await this.#artifacts.next()
        if (done) return undefined
        this.#passed = value.index
        if (value.index === index) return value.bytes
      }
      return undefined
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof ArtifactTooLargeError || error instanceof MalformedArtifactError) throw error
      return undefined
    } finally {
      signal?.removeEventListener('abort', onAbort)
      if (this.#passed >= this.#last) void this.#artifacts.next().catch(() => undefined)
      else this.#wait()
    }
  }

  #wait(): void {
    this.#idle = setTimeout(() => this.close(), LET_GO_AFTER).unref()
  }
}
