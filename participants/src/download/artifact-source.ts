import { isContentAddress, MAX_ARTIFACTS } from '@polyswarm/protocol'
import { type ContentEntry, identifyDirectory, parseContentIdentifier } from '../artifacts/content-identifier.js'
import type { ArchiveLimits } from '../car/verified-archive.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { AnswerTooLargeError, ArtifactMismatchError, ArtifactTooLargeError, ContentArchiveError } from '../errors.js'
import { contentEntry } from '../examiner/examine.js'
import { ArchiveFeed } from './archive-feed.js'

/** Whose artifacts, and what is known of them. */
export interface ArtifactSourceOptions {
  uri: string
  /** What the chain says of their number. */
  numArtifacts: number
  maxBytes: number
  /** Positions of the artifacts that will be fetched; all of them by default. */
  wanted?: ReadonlySet<number> | undefined
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
  /** Where the daemon sends all of them at once. */
  readonly #feed: ArchiveFeed | undefined
  readonly #entries: (ContentEntry | undefined)[]

  private constructor(
    client: PolyswarmdClient,
    uri: string,
    addresses: readonly string[],
    maxBytes: number,
    feed: ArchiveFeed | undefined,
  ) {
    this.#client = client
    this.uri = uri
    this.addresses = addresses
    this.#maxBytes = maxBytes
    this.#feed = feed
    this.#entries = addresses.map(() => undefined)
  }

  /**
   * Lists the artifacts behind a bounty's URI.
   *
   * @throws ArtifactMismatchError where the URI is no content address, or the list has another length.
   */
  static async open(
    client: PolyswarmdClient,
    { uri, numArtifacts, maxBytes, wanted }: ArtifactSourceOptions,
    signal?: AbortSignal,
  ): Promise<ArtifactSource> {
    if (!isContentAddress(uri) || !parseContentIdentifier(uri)) {
      throw new ArtifactMismatchError({
        artifact: uri.slice(0, 100),
        expected: 'an IPFS content address',
        got: 'another',
      })
    }
    const { list, feed } = await artifactsOf(client, uri, { maxArtifacts: MAX_ARTIFACTS, maxBytes, wanted }, signal)
    if (list.length !== numArtifacts || list.length > MAX_ARTIFACTS) {
      feed?.close()
      throw new ArtifactMismatchError({ artifact: uri, expected: `${numArtifacts} artifacts`, got: `${list.length}` })
    }
    return new ArtifactSource(
      client,
      uri,
      list.map(({ hash }) => hash),
      maxBytes,
      feed,
    )
  }

  /** Whether the addresses are proved to be those of the URI, whichever artifacts are fetched. */
  get isProven(): boolean {
    return this.#feed !== undefined
  }

  /**
   * Fetches artifact `index`.
   *
   * @throws ArtifactTooLargeError above the size limit.
   * @throws ArtifactMismatchError where the bytes are not those of its content address.
   * @throws MalformedArtifactError where its address stands for something else than a file.
   */
  async fetch(index: number, signal?: AbortSignal): Promise<Uint8Array> {
    const expected = this.addresses[index]
    const artifact = `${this.uri}/${index}`
    if (expected === undefined) throw new RangeError(`There is no artifact ${artifact}.`)
    const archived = await this.#feed?.take(index, signal)
    if (archived) return archived
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
    if (this.isProven) return
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
      return await this.#client.artifact(this.uri, index, limit)
    } catch (error) {
      if (error instanceof AnswerTooLargeError) throw new ArtifactTooLargeError({ artifact, limit: this.#maxBytes })
      throw error
    }
  }
}

/** The artifacts in one answer, or else their list; what is no archive of theirs is as good as none. */
async function artifactsOf(
  client: PolyswarmdClient,
  uri: string,
  limits: ArchiveLimits,
  outer: AbortSignal | undefined,
): Promise<{ list: readonly { hash: string }[]; feed?: ArchiveFeed }> {
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, ...(outer ? [outer] : [])])
  try {
    const answer = await client.bountyArtifacts(uri, limits, signal)
    if ('list' in answer) return answer
    const list = answer.archive.entries.map(({ cid }) => ({ hash: cid.toString() }))
    const last = Math.max(...(limits.wanted ?? list.keys()))
    return { list, feed: new ArchiveFeed(answer.archive.artifacts(), last, stop) }
  } catch (error) {
    if (error instanceof ContentArchiveError) return { list: await client.artifacts(uri, outer) }
    throw error
  }
}
