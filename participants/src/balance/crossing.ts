import { setTimeout as delay } from 'node:timers/promises'
import { formatNct } from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'
import type { MoneyDesk, MoneyMoved } from '../account/money-desk.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { MoneyMoveError } from '../errors.js'

/** One end of the bridge: an account on a chain, and the relay there. */
export interface BridgeEnd {
  client: Pick<PolyswarmdClient, 'chain' | 'relayFees' | 'isRelayed' | 'balance'>
  desk: Pick<MoneyDesk, 'carryOut'>
  relay: Address
}

/** Milliseconds between two looks whether the relay has paid. */
const PAUSE = 500

/**
 * Sends NCT to the relay of a chain, so that the account gets them on the other.
 *
 * @param amount base units of NCT, with the fee of the other chain's relay in them.
 * @returns when it is mined here; the relay pays later.
 * @throws MoneyMoveError where the fee would eat all of it: verifiers would never pay that. And what the desk throws.
 */
export async function cross(
  { from, to, amount }: { from: BridgeEnd; to: Pick<BridgeEnd, 'client'>; amount: bigint },
  signal: AbortSignal,
): Promise<MoneyMoved> {
  const fee = await to.client.relayFees(signal)
  if (amount <= fee) {
    const move = `send ${formatNct(amount)} NCT to the ${to.client.chain} chain`
    throw new MoneyMoveError({ move, reason: `the relay keeps ${formatNct(fee)} NCT of each payment, send more` })
  }
  return from.desk.carryOut({ kind: 'send', to: from.relay, amount }, signal)
}

/** Waits until the relay of a chain has paid what a transaction sent to that of the other. */
export async function untilRelayed({ client }: Pick<BridgeEnd, 'client'>, transaction: Hex, signal: AbortSignal) {
  while (!(await client.isRelayed(transaction, signal))) await delay(PAUSE, undefined, { signal })
}
