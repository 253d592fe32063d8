import type { Guid } from '@polyswarm/protocol'
import { type Address, getAddress, type Hex } from 'viem'
import type { Ledger } from './ledger.js'

/** An offer channel as the chain has told of it so far. */
export interface ChannelRow {
  guid: Guid
  address: Address
  ambassador: Address
  expert: Address
}

/** Where a channel is: deployed, with the ambassador's money, with both parties, or paid. */
export type ChannelStage = 'initialized' | 'pending' | 'opened' | 'closed'

/** A part of a list that has no places of its own: so many rows after so many. A limit of -1 is none. */
export interface OffsetPage {
  offset: number
  limit: number
}

const COLUMNS = 'guid, address, ambassador, expert'

/** The stage of the channel `c`: a move that was made rules out the stages before it. */
const STAGE = `CASE
  WHEN EXISTS (SELECT 1 FROM channel_moves m WHERE m.guid = c.guid AND move IN ('closed', 'canceled')) THEN 'closed'
  WHEN EXISTS (SELECT 1 FROM channel_moves m WHERE m.guid = c.guid AND move = 'joined') THEN 'opened'
  WHEN EXISTS (SELECT 1 FROM channel_moves m WHERE m.guid = c.guid AND move = 'opened') THEN 'pending'
  ELSE 'initialized' END`

/** A channel by its guid; null where the chain knows none. */
export function readChannel({ db }: Ledger, guid: Guid): ChannelRow | null {
  return rowOf(db.prepare(`SELECT ${COLUMNS} FROM channels WHERE guid = ?`).get(guid))
}

/** A channel by the address of its contract, in any letter case; null where our registry deployed none there. */
export function readChannelAt({ db }: Ledger, address: Address): ChannelRow | null {
  return rowOf(db.prepare(`SELECT ${COLUMNS} FROM channels WHERE address = ?`).get(getAddress(address)))
}

/** Whether any channel was deployed yet. */
export function hasChannels({ db }: Ledger): boolean {
  return db.prepare('SELECT 1 FROM channels LIMIT 1').get() !== undefined
}

/** A page of the channels in one stage, in the order of their deployment. */
export function readChannelsIn({ db }: Ledger, stage: ChannelStage, page: OffsetPage): ChannelRow[] {
  return db
    .prepare(`SELECT ${COLUMNS} FROM channels c WHERE ${STAGE} = ? ORDER BY rowid LIMIT ? OFFSET ?`)
    .all(stage, page.limit, page.offset)
    .map(channelOf)
}

/** A page of the channels of an account, as either party, in the order of their deployment. */
export function readChannelsOf({ db }: Ledger, account: Address, page: OffsetPage): ChannelRow[] {
  return db
    .prepare(`SELECT ${COLUMNS} FROM channels WHERE ambassador = ?1 OR expert = ?1 ORDER BY rowid LIMIT ?2 OFFSET ?3`)
    .all(account, page.limit, page.offset)
    .map(channelOf)
}

/** Where a channel is. */
export function readChannelStage({ db }: Ledger, guid: Guid): ChannelStage {
  const row = db.prepare(`SELECT ${STAGE} AS stage FROM channels c WHERE guid = ?`).get(guid)
  return (row?.stage ?? 'initialized') as ChannelStage
}

/** The first block in which a settling channel pays; 0 where nobody wants its money without the other's consent. */
export function readSettlementPeriodEnd({ db }: Ledger, guid: Guid): bigint {
  const row = db
    .prepare("SELECT settlement_period_end AS last FROM channel_moves WHERE guid = ? AND move = 'settling'")
    .get(guid)
  return BigInt(String(row?.last ?? 0))
}

/** The 32 bytes in which the ambassador said last where it is to be reached; null where it did not. */
export function readCommunicationUri({ db }: Ledger, guid: Guid): Hex | null {
  const row = db
    .prepare("SELECT uri FROM channel_moves WHERE guid = ? AND move = 'reachable' ORDER BY rowid DESC LIMIT 1")
    .get(guid)
  return (row?.uri ?? null) as Hex | null
}

function rowOf(row: unknown): ChannelRow | null {
  return row === undefined ? null : channelOf(row as object)
}

function channelOf(row: object): ChannelRow {
  return row as ChannelRow
}
