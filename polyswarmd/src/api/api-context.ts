import type { ServedNames } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { AccessControl } from '../access/access-control.js'
import type { ArtifactStore } from '../artifacts/artifact-store.js'
import type { MetadataDocuments } from '../artifacts/metadata-documents.js'
import type { PinKeeper } from '../artifacts/pin-keeper.js'
import type { FollowedChain } from '../chain/followed-chain.js'
import type { ChainName } from '../chain/market-chain.js'
import type { OpeningStore } from '../keeping/opening-store.js'
import type { BodyReader } from './request-body.js'

/** What the routes work with. */
export interface ApiContext {
  /** Who may ask, and within which limits. */
  access: AccessControl
  /** What the daemon answers to. */
  names: ServedNames
  /** Reads the bodies of every version of the API, which share the room that there is for them. */
  bodies: BodyReader
  chains: Partial<Record<ChainName, FollowedChain>>
  store: ArtifactStore
  documents: MetadataDocuments
  /** Hears of what is stored; null where nothing is ever given up. */
  pins: PinKeeper | null
  /** What engines have handed over, by chain. */
  openings: Partial<Record<ChainName, OpeningStore>>
  /** Name that `/status` repeats. */
  community: string
  /** The chain that is meant where a request names none. */
  defaultChain: ChainName
  /** Blocks that must stand on top of one before the ledger reads it. */
  confirmations: number
  /** When the daemon started, in ms since 1970. */
  startedAt: number
  /** Fires when the daemon stops: requests that wait are answered then. */
  stopping: AbortSignal
  log: Logger
}
