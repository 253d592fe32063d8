import type { Guid, Movement } from '@polyswarm/protocol'
import { type Address, isAddressEqual, zeroAddress } from 'viem'
import { decodeRegistryLog, decodeTokenLog, type RawLog } from '../chain/decode-log.js'
import type { MarketRecord } from '../ledger/market-record.js'

/** A part of what came or went, without the place where it happened. */
export type MovementPart = Pick<Movement, 'direction' | 'reason' | 'guid' | 'counterparty'> & { amount: bigint }

/** The contracts that say why NCT moved. */
export interface StatementContracts {
  nectarToken: Address
  bountyRegistry: Address
  arbiterStaking: Address
  relay?: Address | undefined
  /** The offer whose channel stands at an address. */
  channelAt: (address: Address) => Guid | undefined
}

/** What a transfer was for. */
interface Purpose {
  reason: Movement['reason']
  guid: Guid | null
  amount: bigint
}

/**
 * What a transaction brought an account and took from it, in order: each transfer of NCT, with the reason that the market's
 * contracts gave right before it. The sum of all movements of an account is its balance.
 *
 * @param logs all logs of the transaction, as they stand in its receipt.
 */
export function movementsOf(account: Address, logs: readonly RawLog[], contracts: StatementContracts): MovementPart[] {
  let said: MarketRecord | null = null
  const parts: MovementPart[] = []
  for (const log of logs) {
    if (isAddressEqual(log.address, contracts.bountyRegistry)) {
      const record = readOr(() => decodeRegistryLog(log))
      if (record && GIVES_REASON.has(record.kind)) said = record
      continue
    }
    if (!isAddressEqual(log.address, contracts.nectarToken)) continue
    const transfer = readOr(() => decodeTokenLog(log))
    if (transfer?.eventName !== 'Transfer') continue
    const { from, to, value } = transfer.args
    const purposes = purposesOf({ from, to, value }, said, contracts)
    // One settlement is paid once; what follows it is what nobody won.
    if (said?.kind === 'settlement' && purposes[0]?.reason === 'settlement') said = { ...said, payout: -1n }
    if (from === account)
      parts.push(...purposes.map((each) => ({ ...each, direction: 'out', counterparty: to }) as const))
    if (to === account)
      parts.push(...purposes.map((each) => ({ ...each, direction: 'in', counterparty: from }) as const))
  }
  return parts.filter(({ amount }) => amount > 0n)
}

const GIVES_REASON: ReadonlySet<MarketRecord['kind']> = new Set(['bounty', 'assertion', 'settlement'])

function purposesOf(
  { from, to, value }: { from: Address; to: Address; value: bigint },
  said: MarketRecord | null,
  { bountyRegistry, arbiterStaking, relay, channelAt }: StatementContracts,
): Purpose[] {
  const whole = (reason: Purpose['reason'], guid: Guid | null = null): Purpose[] => [{ reason, guid, amount: value }]
  if (to === bountyRegistry) return paidToRegistry(value, said) ?? whole('transfer')
  if (from === bountyRegistry && said?.kind === 'settlement') {
    if (to === said.settler && value === said.payout) return whole('settlement', said.guid)
    return whole(to === zeroAddress ? 'burn' : 'treasury', said.guid)
  }
  if (from === zeroAddress) return whole('mint')
  if (to === zeroAddress) return whole('burn')
  if (to === arbiterStaking) return whole('stake')
  if (from === arbiterStaking) return whole('unstake')
  if (relay !== undefined && (to === relay || from === relay)) return whole('relay')
  const channel = channelAt(to) ?? channelAt(from)
  return channel === undefined ? whole('transfer') : whole('offer', channel)
}

/** An author pays its reward and the fee in one transfer, an engine its bids and the fee. */
function paidToRegistry(value: bigint, said: MarketRecord | null): Purpose[] | undefined {
  if (said?.kind === 'bounty') {
    const { guid, amount } = said
    return [
      { reason: 'reward', guid, amount },
      { reason: 'bounty-fee', guid, amount: value - amount },
    ]
  }
  if (said?.kind === 'assertion') {
    const { guid } = said
    const amount = said.bids.reduce((sum, bid) => sum + bid, 0n)
    return [
      { reason: 'bid', guid, amount },
      { reason: 'assertion-fee', guid, amount: value - amount },
    ]
  }
  return undefined
}

/** What is no event of the market says nothing. */
function readOr<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
