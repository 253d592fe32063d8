import { booleansFromMask } from '@polyswarm/protocol'
import type { MarketRecord } from './market-record.js'

/** The name and data of a message on `/events`. */
export interface EventData {
  event: string
  data: Record<string, unknown>
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
    default:
      return null
  }
}
