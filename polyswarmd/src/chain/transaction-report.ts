import { getAddress, type TransactionReceipt } from 'viem'
import { readChannelAt } from '../ledger/channel-reader.js'
import { eventOf } from '../ledger/event-data.js'
import {
  decodeChannelLog,
  decodeOfferRegistryLog,
  decodeRegistryLog,
  decodeStakingLog,
  decodeTokenLog,
  type RawLog,
} from './decode-log.js'
import type { FollowedChain } from './followed-chain.js'

/** Lists of what mined transactions did, by kind; kinds that did not happen are absent. */
export type TransactionReport = Record<string, unknown[]>

/** The registry's events as `GET /transactions` calls them; the others it leaves to `/events`. */
const REGISTRY_KEYS: Record<string, string> = {
  bounty: 'bounties',
  assertion: 'assertions',
  vote: 'votes',
  reveal: 'reveals',
  settled_bounty: 'settlements',
}

/** Adds all that a receipt's logs say to a report, in log order. Logs of other contracts count for nothing. */
export function reportReceipt(followed: FollowedChain, receipt: TransactionReceipt, report: TransactionReport): void {
  for (const log of receipt.logs) {
    const entry = entryOf(followed, log)
    if (!entry) continue
    report[entry.key] ??= []
    report[entry.key]?.push(entry.value)
  }
}

function entryOf({ chain, ledger }: FollowedChain, log: RawLog): { key: string; value: unknown } | null {
  const { market, deployment } = chain
  try {
    switch (getAddress(log.address)) {
      case market.bountyRegistry:
        return registryEntry(log)
      case market.nectarToken:
        return tokenEntry(log)
      case market.arbiterStaking:
        return stakingEntry(log)
      case deployment.offer_registry_address:
        return offerRegistryEntry(log)
      default:
        return readChannelAt(ledger, log.address) ? channelEntry(log) : null
    }
  } catch {
    return null
  }
}

function registryEntry(log: RawLog) {
  const record = decodeRegistryLog(log)
  const event = record && eventOf(record)
  const key = event && REGISTRY_KEYS[event.event]
  return event && key ? { key, value: event.data } : null
}

function offerRegistryEntry(log: RawLog) {
  const record = decodeOfferRegistryLog(log)
  const event = record && eventOf(record)
  return event && { key: 'offers_initialized', value: event.data }
}

function channelEntry(log: RawLog) {
  const did = decodeChannelLog(log)
  switch (did?.move) {
    case 'opened':
      return { key: 'offers_opened', value: { _ambassador: did.ambassador } }
    case 'canceled':
      return { key: 'offers_canceled', value: { _ambassador: did.ambassador } }
    case 'joined':
      return { key: 'offers_joined', value: { _expert: did.expert } }
    case 'closed':
      return { key: 'offers_closed', value: { ambassador: did.ambassador, expert: did.expert } }
    case 'settling':
      return { key: 'offers_settled', value: { initiator: did.initiator, ...periodOf(did) } }
    case 'challenged':
      return { key: 'offers_challenged', value: { challenger: did.challenger, ...periodOf(did) } }
    default:
      return null
  }
}

function periodOf({ sequence, settlementPeriodEnd }: { sequence: bigint; settlementPeriodEnd: bigint }) {
  return { nonce: sequence, settle_period_end: settlementPeriodEnd }
}

function tokenEntry(log: RawLog) {
  const { eventName, args } = decodeTokenLog(log)
  if (eventName !== 'Transfer') return null
  return { key: 'transfers', value: { to: args.to, from: args.from, value: String(args.value) } }
}

function stakingEntry(log: RawLog) {
  const { eventName, args } = decodeStakingLog(log)
  if (eventName === 'NewDeposit') return { key: 'deposits', value: { value: args.value, from: args.from } }
  if (eventName === 'NewWithdrawal') return { key: 'withdrawals', value: { to: args.to, value: args.value } }
  return null
}
