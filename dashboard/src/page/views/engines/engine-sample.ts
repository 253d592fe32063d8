import type { Guid } from '@polyswarm/protocol'

/** A bounty that is over, with everything that was said on it: what engines are measured by. */
export interface JudgedBounty {
  guid: Guid
  type: 'file' | 'url'
  postedAt: number
  numArtifacts: number
  /** Truth of each artifact; null where no arbiter voted. */
  consensus: bigint | null
  assertions: readonly {
    author: string
    mask: bigint
    bids: readonly bigint[]
    /** Null where it was never revealed. */
    verdicts: bigint | null
    block: number
  }[]
  votes: readonly { voter: string; votes: bigint }[]
}
