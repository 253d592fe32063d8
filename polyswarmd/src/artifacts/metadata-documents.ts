import { assertionMetadataSchema, bountyMetadataSchema, isContentAddress } from '@polyswarm/protocol'
import { parseForeignJson } from '../json-text.js'
import type { ArtifactStore } from './artifact-store.js'

/** What a metadata document speaks of: a bounty's artifacts, or an engine's verdicts on them. */
export type MetadataKind = 'bounty' | 'assertion'

/** Documents beyond this many bytes are left as the address that the chain holds. */
const MAX_DOCUMENT_BYTES = 1024 * 1024

/** Documents remembered; each is read once while it is in use. */
const REMEMBERED = 1_000

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
   * and asks nobody but the store.
   */
  async resolve(text: string, kind: MetadataKind): Promise<unknown> {
    const key = `${kind} ${text}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const document = await this.#read(text, kind)
    if (document === undefined) return text
    if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value ?? '')
    this.#known.set(key, document)
    return document
  }

  async #read(text: string, kind: MetadataKind): Promise<unknown> {
    try {
      if (!isContentAddress(text)) return text.length >= MIN_INLINE_LENGTH ? validDocument(text, kind) : undefined
      const { size, bytes } = await this.#store.read(text)
      if (size > MAX_DOCUMENT_BYTES) return undefined
      const parts: Uint8Array[] = []
      for await (const part of bytes) parts.push(part)
      return validDocument(Buffer.concat(parts).toString('utf8'), kind)
    } catch {
      // Not stored here, not JSON, not what its address says: whoever put it on chain gets back what was put there.
      return undefined
    }
  }
}

function validDocument(json: string, kind: MetadataKind): unknown {
  const document = parseForeignJson(json)
  const schema = kind === 'bounty' ? bountyMetadataSchema : assertionMetadataSchema
  return schema.safeParse(document).success ? document : undefined
}
