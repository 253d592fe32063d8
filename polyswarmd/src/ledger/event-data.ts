import { booleansFromMask, type Guid } from '@polyswarm/protocol'
import type { ChannelMove, MarketRecord } from './market-record.js'

/** The name and data of a message on `/events`. */
export interface EventData {
  event: string
  data: Record<string, unknown>
  /** The offer channel whose own stream it belongs to; absent for what everybody gets. */
  channel?: Guid
}

/**
 * What `/events` says of a record, with exactly the keys that clients unpack; null for records that have no event of their
 * own. Metadata is the text from the chain: a document behind it is put in its place when the event is sent.
 */
export function eventOf(record: MarketRecord): EventData | null {
  switch (record.kind) {
    case 'bounty':
      return {
        event: 'bounty',
        data: {
          guid: record.guid,
          artifact_type: record.artifactType,
          author: record.author,
          amount: String(record.amount),
          uri: record.uri,
          expiration: String(record.expiration),
          metadata: record.metadata,
        },
      }
    case 'assertion':
      return {
        event: 'assertion',
        data: {
          bounty_guid: record.guid,
          author: record.author,
          index: record.index,
          bid: record.bids.map(String),
          mask: booleansFromMask(record.mask, record.numArtifacts),
          commitment: String(record.commitment),
        },
      }
    case 'reveal':
      return {
        event: 'reveal',
        data: {
          bounty_guid: record.guid,
          author: record.author,
          index: record.index,
          nonce: String(record.nonce),
          verdicts: booleansFromMask(record.verdicts, record.numArtifacts),
          metadata: record.metadata,
        },
      }
    case 'vote':
      return {
        event: 'vote',
        data: {
          bounty_guid: record.guid,
          voter: record.voter,
          votes: booleansFromMask(record.votes, record.numArtifacts),
        },
      }
    case 'quorum':
      return { event: 'quorum', data: { bounty_guid: record.guid } }
    case 'settlement':
      return {
        event: 'settled_bounty',
        data: { bounty_guid: record.guid, settler: record.settler, payout: record.payout },
      }
    case 'fees':
      return { event: 'fee_update', data: { bounty_fee: record.bountyFee, assertion_fee: record.assertionFee } }
    case 'windows':
      return {
        event: 'window_update',
        data: {
          assertion_reveal_window: record.assertionRevealWindow,
          arbiter_vote_window: record.arbiterVoteWindow,
        },
      }
    case 'deprecated':
      return { event: 'deprecated', data: { rollover: record.rollover } }
    case 'undeprecated':
      return { event: 'undeprecated', data: {} }
    case 'channel':
      return {
        event: 'initialized_channel',
        data: {
          ambassador: record.ambassador,
          expert: record.expert,
          guid: record.guid,
          multi_signature: record.channel,
        },
      }
    case 'channel_move':
      return channelEventOf(record.guid, record.did)
    default:
      return null
  }
}

/** What `/events/<guid>` says of a move; null for moves that it leaves out. */
function channelEventOf(channel: Guid, did: ChannelMove): EventData | null {
  switch (did.move) {
    case 'closed':
      return { event: 'closed_agreement', data: { ambassador: did.ambassador, expert: did.expert }, channel }
    case 'settling':
    case 'challenged': {
      const period = { nonce: did.sequence, settle_period_end: did.settlementPeriodEnd }
      return did.move === 'settling'
        ? { event: 'settle_started', data: { initiator: did.initiator, ...period }, channel }
        : { event: 'settle_challenged', data: { challenger: did.challenger, ...period }, channel }
    }
    case 'canceled':
      return { event: 'canceled_agreement', data: { ambassador: did.ambassador }, channel }
    default:
      return null
  }
}
