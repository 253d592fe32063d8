import type { Guid } from '@polyswarm/protocol'
import type { Finding } from '../findings/finding.js'
import type { RivalBids } from '../runtime/journal/finding-history.js'
import type { BidRange } from './strategies.js'

/** What to bid on. */
export interface BidRequest {
  guid: Guid
  /** The findings that can be asserted, malicious or benign, in artifact order: one bid is wanted for each. */
  findings: readonly Finding[]
  /** What the market allows for one artifact, in base units. */
  range: BidRange
  /** The bounty's reward for one artifact, in base units. */
  reward: bigint
  /**
   * What rivals have bid so far on each of the artifacts that are asked about, in base units; 0 where the engine does not look
   * at it, see `looksAtRivals` of `Microengine`.
   */
  rivalBids: readonly bigint[]
  /** What rivals bid on artifacts of past bounties, and which part of it was right; the newest first. */
  history: readonly RivalBids[]
  /** Fee of the assertion, in base units. */
  assertionFee: bigint
  /** What is free to be spent, in base units. */
  available: bigint
}
