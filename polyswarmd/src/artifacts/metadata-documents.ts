import { assertionMetadataSchema, bountyMetadataSchema, isContentAddress } from '@polyswarm/protocol'
import { parseForeignJson } from '../json-text.js'
import type { ArtifactStore } from './artifact-store.js'

/** What a metadata document speaks of: a bounty's artifacts, or an engine's verdicts on them. */
export type MetadataKind = 'bounty' | 'assertion'

/** Documents beyond this many bytes are not taken, and left as the address that the chain holds. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024

/** Documents remembered, so that each is read once while it is in use, and the largest that is. */
const REMEMBERED = 1_000
const REMEMBERED_BYTES = 32 * 1024

/** JSON that stands on the chain itself is recognised from this length on, as the original did. */
const MIN_INLINE_LENGTH = 100

/** Puts metadata documents in the place of the texts on chain that name them. */
export class MetadataDocuments {
  readonly #store: ArtifactStore
  readonly #known = new Map<string, unknown>()

  constructor(store: ArtifactStore) {
    this.#store = store
  }

  /**
   * The document that a text from the chain names, where it is stored here and valid; otherwise the text. Never throws,
   * and asks nobody but the store: a search in a network would hold back every event after this one.
   */
  async resolve(text: string, kind: MetadataKind): Promise<unknown> {
    const key = `${kind} ${text}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const json = await this.#read(text)
    const document = json === null ? undefined : validDocument(json, kind)
    if (json === null || document === undefined) return text
    if (json.length <= REMEMBERED_BYTES) {
      if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value ?? '')
      this.#known.set(key, document)
    }
    return document
  }

  /** What may be a document's text; null where there is none here. */
  async #read(text: string): Promise<string | null> {
    if (!isContentAddress(text)) return text.length >= MIN_INLINE_LENGTH ? text : null
    try {
      const { size, bytes } = await this.#store.read(text, 'here')
      if (size > MAX_DOCUMENT_BYTES) return null
      const parts: Uint8Array[] = []
      for await (const part of bytes) parts.push(part)
      return Buffer.concat(parts).toString('utf8')
    } catch {
      // Not stored here, or not what its address says: whoever put it on chain gets back what was put there.
      return null
    }
  }
}

/** The document that a text is; undefined where it is none of this kind. */
function validDocument(json: string, kind: MetadataKind): unknown {
  try {
    const document = parseForeignJson(json)
    const schema = kind === 'bounty' ? bountyMetadataSchema : assertionMetadataSchema
    return schema.safeParse(document).success ? document : undefined
  } catch {
    return undefined
  }
}
