import {
  assertionMetadataSchema,
  bountyMetadataSchema,
  isContentAddress,
  parseJson,
  stringifyJson,
} from '@polyswarm/protocol'
import { parseForeignJson } from '../json-text.js'
import type { ArtifactStore } from './artifact-store.js'

/** What a metadata document speaks of: a bounty's artifacts, or an engine's verdicts on them. */
export type MetadataKind = 'bounty' | 'assertion'

/** Documents beyond this many bytes are not taken, and left as the address that the chain holds. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024

/**
 * The largest document that is put into events and lists in the place of its address, in bytes: 512 for each of 256
 * artifacts. What is larger can be had from the bounty or the assertion that names it.
 */
export const MAX_EMBEDDED_BYTES = 128 * 1024

/** How much of documents is remembered, so that each is read once while it is in use, in bytes. */
const REMEMBERED_BYTES = 8 * 1024 * 1024

/** What a document that is none counts as, in bytes. */
const ENTRY_BYTES = 256

/** JSON that stands on the chain itself is recognised from this length on, as the original did. */
const MIN_INLINE_LENGTH = 100

/** Puts metadata documents in the place of the texts on chain that name them. */
export class MetadataDocuments {
  readonly #store: ArtifactStore
  /** JSON texts up to `MAX_EMBEDDED_BYTES`, and null for what is stored and no such document. */
  readonly #known = new Map<string, string | null>()
  #bytes = 0

  constructor(store: ArtifactStore) {
    this.#store = store
  }

  /** The document that a text from the chain names, where it is stored here and valid; otherwise the text. */
  async resolve(text: string, kind: MetadataKind, limit = MAX_DOCUMENT_BYTES): Promise<unknown> {
    const document = await this.jsonOf(text, kind, limit)
    return document === null ? text : parseJson(document)
  }

  /**
   * The JSON of the document that a text from the chain names; null where it is not stored here, not valid, or larger than
   * the limit. Never throws, and asks nobody but the store: a search in a network would hold back every event after this
   * one.
   *
   * @param limit in bytes.
   */
  async jsonOf(text: string, kind: MetadataKind, limit = MAX_EMBEDDED_BYTES): Promise<string | null> {
    const key = `${kind} ${text}`
    const known = this.#known.get(key)
    if (known) return known.length <= limit ? known : null
    if (known === null && limit <= MAX_EMBEDDED_BYTES) return null
    const stored = await this.#read(text, limit)
    if (stored === undefined) return null
    const json = stored === null ? null : canonicalJson(stored, kind)
    const fits = json !== null && json.length <= limit
    // A document that is too large for this caller may be right for another.
    if (fits ? json.length <= MAX_EMBEDDED_BYTES : limit === MAX_EMBEDDED_BYTES) this.#remember(key, fits ? json : null)
    return fits ? json : null
  }

  #remember(key: string, json: string | null): void {
    if (this.#known.has(key)) return
    this.#known.set(key, json)
    this.#bytes += sizeOf(key, json)
    for (const [oldest, text] of this.#known) {
      if (this.#bytes <= REMEMBERED_BYTES) break
      this.#known.delete(oldest)
      this.#bytes -= sizeOf(oldest, text)
    }
  }

  /** What may be a document's text; null where it is too large to be one, undefined where there is none here. */
  async #read(text: string, limit: number): Promise<string | null | undefined> {
    if (!isContentAddress(text)) return text.length < MIN_INLINE_LENGTH ? undefined : text.length <= limit ? text : null
    try {
      const { size, bytes } = await this.#store.read(text, 'here')
      if (size > limit) return null
      const parts: Uint8Array[] = []
      for await (const part of bytes) parts.push(part)
      return Buffer.concat(parts).toString('utf8')
    } catch {
      // Not stored here, or not what its address says: whoever put it on chain gets back what was put there.
      return undefined
    }
  }
}

function sizeOf(key: string, json: string | null): number {
  return 2 * (key.length + (json?.length ?? 0)) + ENTRY_BYTES
}

/** A document as this program writes it; null where the text is none of this kind. */
function canonicalJson(text: string, kind: MetadataKind): string | null {
  try {
    const document = parseForeignJson(text)
    const schema = kind === 'bounty' ? bountyMetadataSchema : assertionMetadataSchema
    return schema.safeParse(document).success ? stringifyJson(document) : null
  } catch {
    return null
  }
}
