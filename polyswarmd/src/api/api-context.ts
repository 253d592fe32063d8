import type { Logger } from 'pino'
import type { ArtifactStore } from '../artifacts/artifact-store.js'
import type { MetadataDocuments } from '../artifacts/metadata-documents.js'
import type { FollowedChain } from '../chain/followed-chain.js'
import type { ChainName } from '../chain/market-chain.js'

/** What the routes work with. */
export interface ApiContext {
  chains: Partial<Record<ChainName, FollowedChain>>
  store: ArtifactStore
  documents: MetadataDocuments
  /** Name that `/status` repeats. */
  community: string
  /** Largest artifact that is taken or handed out, in bytes. */
  maxArtifactSize: number
  /** Blocks that must stand on top of one before the ledger reads it. */
  confirmations: number
  /** When the daemon started, in ms since 1970. */
  startedAt: number
  /** Fires when the daemon stops: requests that wait are answered then. */
  stopping: AbortSignal
  log: Logger
}
