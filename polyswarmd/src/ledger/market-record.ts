import type { ArtifactMask, ArtifactType, Guid } from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'

/** What happens to an offer channel after it was deployed. Block numbers and sequences are as the contract has them. */
export type ChannelMove =
  | { move: 'opened'; ambassador: Address }
  | { move: 'canceled'; ambassador: Address }
  | { move: 'joined'; expert: Address }
  | { move: 'closed'; ambassador: Address; expert: Address }
  | { move: 'settling'; initiator: Address; sequence: bigint; settlementPeriodEnd: bigint }
  | { move: 'challenged'; challenger: Address; sequence: bigint; settlementPeriodEnd: bigint }
  | { move: 'reachable'; uri: Hex }

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
      /** The eight words of the filter, as 512 hexadecimal digits. */
      bloom: string
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
  | { kind: 'channel'; guid: Guid; channel: Address; ambassador: Address; expert: Address }
  | { kind: 'channel_move'; guid: Guid; did: ChannelMove }

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
  /** Hash of the block before; null where it was not asked for. */
  parent: Hex | null
  /** In wei; null or absent on a chain that has none, and where blocks are read late. */
  baseFee?: bigint | null
  records: readonly SourcedRecord[]
}
