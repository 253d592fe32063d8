import { isContentAddress } from '@polyswarm/protocol'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { parseContentIdentifier } from './content-identifier.js'

type ArtifactList = Awaited<ReturnType<PolyswarmdClient['artifacts']>>

/** The list of a bounty's artifacts and the bytes of the first, asked for before it is known how many there must be. */
export class ArtifactsAhead {
  readonly #list: Promise<ArtifactList>
  #first: Promise<Buffer> | undefined

  private constructor(list: Promise<ArtifactList>, first: Promise<Buffer>) {
    this.#list = list
    this.#first = first
    // Whoever takes them gets the error; nobody has to.
    for (const answer of [list, first]) answer.catch(() => undefined)
  }

  /** @returns undefined for a URI that nothing is asked for under. */
  static ask(
    client: PolyswarmdClient,
    uri: string,
    limit: { maxBytes: number; signal: AbortSignal },
  ): ArtifactsAhead | undefined {
    if (!isContentAddress(uri) || !parseContentIdentifier(uri)) return undefined
    return new ArtifactsAhead(client.artifacts(uri, limit.signal), client.artifact(uri, 0, limit))
  }

  list(): Promise<ArtifactList> {
    return this.#list
  }

  /** The bytes of artifact `index`, once, where they were asked for; they are not kept after that. */
  take(index: number): Promise<Buffer> | undefined {
    if (index !== 0) return undefined
    const first = this.#first
    this.#first = undefined
    return first
  }
}
