import { assertionMetadataSchema, bountyMetadataSchema, stringifyJson } from '@polyswarm/protocol'
import { MAX_DOCUMENT_BYTES } from '../artifacts/metadata-documents.js'
import type { ApiContext } from './api-context.js'
import { RefusalError } from './refusal.js'

/**
 * Stores a metadata document.
 *
 * @returns its content address.
 * @throws RefusalError where it is none, or larger than documents may be; and what the artifact store throws.
 */
export async function storeDocument({ store, pins }: ApiContext, document: unknown): Promise<string> {
  const valid = [bountyMetadataSchema, assertionMetadataSchema].some((schema) => schema.safeParse(document).success)
  const text = valid ? stringifyJson(document) : ''
  if (!valid || Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) throw new RefusalError('METADATA_INVALID')
  const uri = await store.addDocument(text)
  pins?.uploaded(uri)
  return uri
}
