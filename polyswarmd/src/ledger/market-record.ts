import type { ArtifactMask, ArtifactType, Bloom, Guid } from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'

/** What one log of the market's contracts says, in the project's own types. Amounts in base units of NCT. */
export type MarketRecord =
  | {
      kind: 'bounty'
      guid: Guid
      artifactType: ArtifactType
      author: Address
      amount: bigint
      uri: string
      expiration: number
      metadata: string
    }
  | {
      kind: 'terms'
      guid: Guid
      numArtifacts: number
      bloom: Bloom
      bountyFee: bigint
      assertionFee: bigint
      assertionRevealWindow: number
      arbiterVoteWindow: number
      arbiterCount: number
    }
  | {
      kind: 'assertion'
      guid: Guid
      author: Address
      index: number
      bids: readonly bigint[]
      mask: ArtifactMask
      numArtifacts: number
      commitment: bigint
    }
  | {
      kind: 'reveal'
      guid: Guid
      author: Address
      index: number
      nonce: bigint
      verdicts: ArtifactMask
      numArtifacts: number
      metadata: string
    }
  | { kind: 'vote'; guid: Guid; voter: Address; votes: ArtifactMask; numArtifacts: number }
  | { kind: 'bloom_vote'; guid: Guid; voter: Address; validBloom: boolean }
  | { kind: 'quorum'; guid: Guid }
  | { kind: 'settlement'; guid: Guid; settler: Address; payout: bigint }
  | { kind: 'burned'; guid: Guid; what: 'bids' | 'dust'; amount: bigint }
  | { kind: 'fees'; bountyFee: bigint; assertionFee: bigint }
  | { kind: 'windows'; assertionRevealWindow: number; arbiterVoteWindow: number }
  | { kind: 'arbiter'; account: Address; added: boolean }
  | { kind: 'deprecated'; rollover: boolean }
  | { kind: 'undeprecated' }

/** A record and the log that it was read from. */
export interface SourcedRecord {
  record: MarketRecord
  txhash: Hex
  logIndex: number
}

/** A block of the chain with all that the market's contracts said in it, in log order. */
export interface ChainBlock {
  number: number
  hash: Hex
  parent: Hex
  records: readonly SourcedRecord[]
}
