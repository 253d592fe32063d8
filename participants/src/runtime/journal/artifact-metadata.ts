import type { BountyRecord } from './bounty-book.js'

/** What the ambassador says of one artifact of a bounty; empty where that is nothing. A stranger has written it. */
export function artifactMetadata({ metadata }: Pick<BountyRecord, 'metadata'>, index: number): Record<string, unknown> {
  const entry: unknown = Array.isArray(metadata) ? metadata[index] : undefined
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? (entry as Record<string, unknown>) : {}
}
