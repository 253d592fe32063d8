import {
  arbiterStakingAbi,
  artifactTypeFromUint,
  bountyRegistryAbi,
  guidFromUint128,
  nectarTokenAbi,
  offerMultiSigAbi,
  offerRegistryAbi,
} from '@polyswarm/protocol'
import {
  type Address,
  type ContractEventName,
  type DecodeEventLogReturnType,
  decodeEventLog,
  type Hex,
  toEventSelector,
} from 'viem'
import type { ChannelMove, MarketRecord } from '../ledger/market-record.js'
import { eventDecoder } from './event-decoder.js'

/** The parts of a log that say what happened. */
export interface RawLog {
  address: Address
  topics: readonly Hex[]
  data: Hex
}

/** Nobody asks for most blooms: they are kept as they come. */
const decodeRegistryEvent = eventDecoder(bountyRegistryAbi, new Set(['bloom']))

type RegistryEvent = DecodeEventLogReturnType<typeof bountyRegistryAbi, ContractEventName<typeof bountyRegistryAbi>>

/**
 * Reads a log of the bounty registry.
 *
 * @returns null for events that the ledger does not keep.
 * @throws Error where the log is none of the registry's events or holds a value that the market does not know.
 */
export function decodeRegistryLog(log: RawLog): MarketRecord | null {
  return recordOf(decodeRegistryEvent(log) as RegistryEvent)
}

/** Reads a log of the offer registry; null for events that the ledger does not keep. @throws Error where it is none. */
export function decodeOfferRegistryLog(log: RawLog): Extract<MarketRecord, { kind: 'channel' }> | null {
  const { eventName, args } = decodeEventLog({
    abi: offerRegistryAbi,
    topics: topicsOf(log),
    data: log.data,
    strict: true,
  })
  if (eventName !== 'InitializedChannel') return null
  const { msig, ambassador, expert, guid } = args
  return { kind: 'channel', guid: guidFromUint128(guid), channel: msig, ambassador, expert }
}

/** Reads a log of an offer channel; null for events that the ledger does not keep. @throws Error where it is none. */
export function decodeChannelLog(log: RawLog): ChannelMove | null {
  const { eventName, args } = decodeEventLog({
    abi: offerMultiSigAbi,
    topics: topicsOf(log),
    data: log.data,
    strict: true,
  })
  switch (eventName) {
    case 'OpenedAgreement':
      return { move: 'opened', ambassador: args._ambassador }
    case 'CanceledAgreement':
      return { move: 'canceled', ambassador: args._ambassador }
    case 'JoinedAgreement':
      return { move: 'joined', expert: args._expert }
    case 'ClosedAgreement':
      return { move: 'closed', ambassador: args._ambassador, expert: args._expert }
    case 'StartedSettle':
    case 'SettleStateChallenged': {
      const { sequence, settlementPeriodEnd } = args
      return eventName === 'StartedSettle'
        ? { move: 'settling', initiator: args.initiator, sequence, settlementPeriodEnd }
        : { move: 'challenged', challenger: args.challenger, sequence, settlementPeriodEnd }
    }
    case 'CommunicationsSet':
      return { move: 'reachable', uri: args.websocketUri }
    default:
      return null
  }
}

/** First topics of the events of offer channels that the ledger keeps. */
export const CHANNEL_TOPICS: Hex[] = offerMultiSigAbi
  .filter((item) => item.type === 'event')
  .filter(({ name }) => !/^(FundsDeposited|Paused|Unpaused|Pauser)/.test(name))
  .map((event) => toEventSelector(event))

/** Reads a log of the staking contract, as viem names it. @throws Error where it is none of its events. */
export function decodeStakingLog(log: RawLog) {
  return decodeEventLog({ abi: arbiterStakingAbi, topics: topicsOf(log), data: log.data, strict: true })
}

/** Reads a log of the token, as viem names it. @throws Error where it is none of its events. */
export function decodeTokenLog(log: RawLog) {
  return decodeEventLog({ abi: nectarTokenAbi, topics: topicsOf(log), data: log.data, strict: true })
}

function topicsOf(log: RawLog): [Hex, ...Hex[]] {
  return log.topics as [Hex, ...Hex[]]
}

function recordOf({ eventName, args }: RegistryEvent): MarketRecord | null {
  switch (eventName) {
    case 'NewBounty':
      return {
        kind: 'bounty',
        guid: guidFromUint128(args.guid),
        artifactType: artifactTypeFromUint(args.artifactType),
        author: args.author,
        amount: args.amount,
        uri: args.artifactURI,
        expiration: exactNumber(args.expirationBlock),
        metadata: args.metadata,
      }
    case 'BountyTerms':
      return {
        kind: 'terms',
        guid: guidFromUint128(args.guid),
        numArtifacts: exactNumber(args.numArtifacts),
        bloom: String(args.bloom),
        bountyFee: args.bountyFee,
        assertionFee: args.assertionFee,
        assertionRevealWindow: exactNumber(args.assertionRevealWindow),
        arbiterVoteWindow: exactNumber(args.arbiterVoteWindow),
        arbiterCount: exactNumber(args.arbiterCount),
      }
    case 'NewAssertion':
      return {
        kind: 'assertion',
        guid: guidFromUint128(args.bountyGuid),
        author: args.author,
        index: exactNumber(args.index),
        bids: args.bid,
        mask: args.mask,
        numArtifacts: artifactCount(args.numArtifacts),
        commitment: args.commitment,
      }
    case 'RevealedAssertion':
      return {
        kind: 'reveal',
        guid: guidFromUint128(args.bountyGuid),
        author: args.author,
        index: exactNumber(args.index),
        nonce: args.nonce,
        verdicts: args.verdicts,
        numArtifacts: artifactCount(args.numArtifacts),
        metadata: args.metadata,
      }
    case 'NewVote':
      return {
        kind: 'vote',
        guid: guidFromUint128(args.bountyGuid),
        voter: args.voter,
        votes: args.votes,
        numArtifacts: artifactCount(args.numArtifacts),
      }
    case 'BloomVote':
      return { kind: 'bloom_vote', guid: guidFromUint128(args.guid), voter: args.voter, validBloom: args.validBloom }
    case 'QuorumReached':
      return { kind: 'quorum', guid: guidFromUint128(args.bountyGuid) }
    case 'SettledBounty':
      return {
        kind: 'settlement',
        guid: guidFromUint128(args.bountyGuid),
        settler: args.settler,
        payout: args.payout,
      }
    case 'BurnedBids':
      return { kind: 'burned', guid: guidFromUint128(args.guid), what: 'bids', amount: args.amount }
    case 'BurnedDust':
      return { kind: 'burned', guid: guidFromUint128(args.guid), what: 'dust', amount: args.amount }
    case 'FeesUpdated':
      return { kind: 'fees', bountyFee: args.bountyFee, assertionFee: args.assertionFee }
    case 'WindowsUpdated':
      return {
        kind: 'windows',
        assertionRevealWindow: exactNumber(args.assertionRevealWindow),
        arbiterVoteWindow: exactNumber(args.arbiterVoteWindow),
      }
    case 'AddedArbiter':
      return { kind: 'arbiter', account: args.account, added: true }
    case 'RemovedArbiter':
      return { kind: 'arbiter', account: args.account, added: false }
    case 'Deprecated':
      return { kind: 'deprecated', rollover: args.rollover }
    case 'Undeprecated':
      return { kind: 'undeprecated' }
    default:
      return null
  }
}

/** A uint256 that the market keeps far below 2^53; anything else is no log of ours. */
function exactNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`${value} is no block number, index or count`)
  return Number(value)
}

function artifactCount(value: bigint): number {
  if (value > 256n) throw new RangeError(`${value} is no number of artifacts`)
  return Number(value)
}
