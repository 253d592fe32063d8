import { isContentAddress, MAX_ARTIFACTS } from '@polyswarm/protocol'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { AnswerTooLargeError, ArtifactMismatchError, ArtifactTooLargeError } from '../errors.js'
import { contentEntry } from '../examiner/examine.js'
import type { ArtifactsAhead } from './artifacts-ahead.js'
import { type ContentEntry, identifyDirectory, parseContentIdentifier } from './content-identifier.js'

/** Whose artifacts, and what is known of them. */
export interface ArtifactSourceOptions {
  uri: string
  /** What the chain says of their number. */
  numArtifacts: number
  maxBytes: number
  /** What was asked for already. */
  ahead?: ArtifactsAhead | undefined
}

/**
 * The artifacts of one bounty, each checked against its content address when it is fetched, and the list of addresses
 * against the bounty's URI once all of them were: a verdict on anything else than what was posted is worth nothing.
 */
export class ArtifactSource {
  /** The URI that the bounty was posted with. */
  readonly uri: string
  /** Content addresses as the daemon lists them, in artifact order. */
  readonly addresses: readonly string[]
  readonly #client: PolyswarmdClient
  readonly #maxBytes: number
  readonly #ahead: ArtifactsAhead | undefined
  readonly #entries: (ContentEntry | undefined)[]

  private constructor(
    client: PolyswarmdClient,
    uri: string,
    addresses: readonly string[],
    maxBytes: number,
    ahead: ArtifactsAhead | undefined,
  ) {
    this.#client = client
    this.uri = uri
    this.addresses = addresses
    this.#maxBytes = maxBytes
    this.#ahead = ahead
    this.#entries = addresses.map(() => undefined)
  }

  /**
   * Lists the artifacts behind a bounty's URI.
   *
   * @throws ArtifactMismatchError where the URI is no content address, or the list has another length.
   */
  static async open(
    client: PolyswarmdClient,
    { uri, numArtifacts, maxBytes, ahead }: ArtifactSourceOptions,
    signal?: AbortSignal,
  ): Promise<ArtifactSource> {
    if (!isContentAddress(uri) || !parseContentIdentifier(uri)) {
      throw new ArtifactMismatchError({
        artifact: uri.slice(0, 100),
        expected: 'an IPFS content address',
        got: 'another',
      })
    }
    const list = await (ahead?.list() ?? client.artifacts(uri, signal))
    if (list.length !== numArtifacts || list.length > MAX_ARTIFACTS) {
      throw new ArtifactMismatchError({ artifact: uri, expected: `${numArtifacts} artifacts`, got: `${list.length}` })
    }
    return new ArtifactSource(
      client,
      uri,
      list.map(({ hash }) => hash),
      maxBytes,
      ahead,
    )
  }

  /**
   * Fetches artifact `index`.
   *
   * @throws ArtifactTooLargeError above the size limit.
   * @throws ArtifactMismatchError where the bytes are not those of its content address.
   */
  async fetch(index: number, signal?: AbortSignal): Promise<Uint8Array> {
    const expected = this.addresses[index]
    const artifact = `${this.uri}/${index}`
    if (expected === undefined) throw new RangeError(`There is no artifact ${artifact}.`)
    const content = await this.#download(index, artifact, signal)
    const entry = await contentEntry(content, signal)
    if (!parseContentIdentifier(expected)?.equals(entry.cid)) {
      throw new ArtifactMismatchError({ artifact, expected, got: entry.cid.toString() })
    }
    this.#entries[index] = entry
    return content
  }

  /**
   * Proves, after every artifact was fetched, that together they are what the bounty's URI names.
   *
   * @throws ArtifactMismatchError where they are not, or one was never fetched.
   */
  verify(): void {
    const entries = this.#entries.filter((entry) => entry !== undefined)
    if (entries.length !== this.addresses.length) {
      const got = `${entries.length} fetched`
      throw new ArtifactMismatchError({ artifact: this.uri, expected: `${this.addresses.length} artifacts`, got })
    }
    const [first] = entries
    if (entries.length === 1 && first?.cid.toString() === this.uri) return
    const got = identifyDirectory(entries).toString()
    if (got !== this.uri) throw new ArtifactMismatchError({ artifact: this.uri, expected: this.uri, got })
  }

  async #download(index: number, artifact: string, signal: AbortSignal | undefined): Promise<Buffer> {
    try {
      const limit = { maxBytes: this.#maxBytes, ...(signal && { signal }) }
      return await (this.#ahead?.take(index) ?? this.#client.artifact(this.uri, index, limit))
    } catch (error) {
      if (error instanceof AnswerTooLargeError) throw new ArtifactTooLargeError({ artifact, limit: this.#maxBytes })
      throw error
    }
  }
}
