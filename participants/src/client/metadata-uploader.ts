import { isDeepStrictEqual } from 'node:util'
import { parseJson, stringifyJson, withinTime } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { identifyFile } from '../artifacts/content-identifier.js'
import type { PolyswarmdClient } from './polyswarmd-client.js'

const MAX_BYTES = 1024 * 1024
/** What storing one document may take, in milliseconds. */
const TIME_LIMIT = 3_000
/** How long nothing is stored after a failure, in milliseconds: a hundred reveals must not wait for it one by one. */
const PAUSE = 30_000

/** The content address of a metadata document, given as JSON: a commitment is bound to it before anybody may read it. */
export async function addressOfMetadata(json: string): Promise<string> {
  const { cid } = await identifyFile(Buffer.from(json))
  return cid.toString()
}

/** Where metadata documents are put, in the daemon's artifact store. */
export class MetadataUploader {
  readonly #client: PolyswarmdClient
  readonly #logger: Logger
  readonly #now: () => number
  #closedUntil = Number.NEGATIVE_INFINITY

  /** @param now milliseconds since some fixed point. */
  constructor(client: PolyswarmdClient, logger: Logger, now: () => number) {
    this.#client = client
    this.#logger = logger
    this.#now = now
  }

  /**
   * Stores a document and makes sure that its content address names just this document.
   *
   * @returns the content address, or '' where the document could not be stored: whatever it was to go with is worth more
   * than the document.
   */
  async store(document: readonly unknown[], signal: AbortSignal): Promise<string> {
    if (document.length === 0 || this.#now() < this.#closedUntil) return ''
    try {
      const { address, isSame } = await withinTime(TIME_LIMIT, [signal], async (limit) => {
        const address = await this.#client.uploadMetadata(document, limit)
        return { address, isSame: await this.#isNameOf(document, address, limit) }
      })
      if (isSame) return address
      this.#logger.error({ address }, 'polyswarmd stored other metadata than it was given: going on without')
    } catch (error) {
      signal.throwIfAborted()
      this.#logger.warn({ reason: (error as Error).message }, 'metadata could not be stored: going on without')
    }
    this.#closedUntil = this.#now() + PAUSE
    return ''
  }

  async #isNameOf(document: readonly unknown[], address: string, signal: AbortSignal): Promise<boolean> {
    if ((await addressOfMetadata(stringifyJson(document))) === address) return true
    // Whoever writes the same document in other words gives it another address.
    const stored = await this.#client.artifact(address, 0, { maxBytes: MAX_BYTES, signal })
    const { cid } = await identifyFile(stored)
    return cid.toString() === address && isDeepStrictEqual(parseJson(stored.toString('utf8')), document)
  }
}
