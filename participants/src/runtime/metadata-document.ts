import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { identifyFile } from '../artifacts/content-identifier.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'

const MAX_BYTES = 1024 * 1024

/**
 * Stores a metadata document and makes sure that its content address names just this document.
 *
 * @returns the content address, or '' where the document could not be stored: whatever it was to go with is worth more than
 * the document.
 */
export async function storeMetadata(
  client: PolyswarmdClient,
  document: readonly unknown[],
  { logger, signal }: { logger: Logger; signal: AbortSignal },
): Promise<string> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)])
    const address = await client.uploadMetadata(document, limit)
    const stored = await client.artifact(address, 0, { maxBytes: MAX_BYTES, signal: limit })
    const { cid } = await identifyFile(stored)
    if (cid.toString() === address && isDeepStrictEqual(JSON.parse(stored.toString('utf8')), document)) return address
    logger.error({ address }, 'polyswarmd stored other metadata than it was given: going on without')
  } catch (error) {
    signal.throwIfAborted()
    logger.warn({ reason: (error as Error).message }, 'metadata could not be stored: going on without')
  }
  return ''
}
