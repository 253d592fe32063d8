import { getAddress, type TransactionReceipt } from 'viem'
import { eventOf } from '../ledger/event-data.js'
import { decodeRegistryLog, decodeStakingLog, decodeTokenLog, type RawLog } from './decode-log.js'
import type { MarketChain } from './market-chain.js'

/** Lists of what mined transactions did, by kind; kinds that did not happen are absent. */
export type TransactionReport = Record<string, unknown[]>

/** The registry's events as `GET /transactions` calls them; the others it leaves to `/events`. */
const REGISTRY_KEYS: Record<string, string> = {
  bounty: 'bounties',
  assertion: 'assertions',
  vote: 'votes',
  reveal: 'reveals',
}

/** Adds all that a receipt's logs say to a report, in log order. Logs of other contracts count for nothing. */
export function reportReceipt(chain: MarketChain, receipt: TransactionReceipt, report: TransactionReport): void {
  for (const log of receipt.logs) {
    const entry = entryOf(chain, log)
    if (!entry) continue
    report[entry.key] ??= []
    report[entry.key]?.push(entry.value)
  }
}

function entryOf({ market }: MarketChain, log: RawLog): { key: string; value: unknown } | null {
  try {
    switch (getAddress(log.address)) {
      case market.bountyRegistry:
        return registryEntry(log)
      case market.nectarToken:
        return tokenEntry(log)
      case market.arbiterStaking:
        return stakingEntry(log)
      default:
        return null
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
