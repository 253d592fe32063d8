import { setTimeout as delay } from 'node:timers/promises'
import { withinTime } from '@polyswarm/protocol'
import { type Hex, type TransactionReceipt, TransactionReceiptNotFoundError } from 'viem'
import type { MarketChain } from './market-chain.js'

/** How long the answer holds that a transaction is not mined, in ms: nodes tell of a block before they have its receipts. */
const NOT_YET = 100

/** A transaction is asked for again after so long without a block that has it, in ms: notice of one can be lost. */
const SAFETY_INTERVAL = 5_000

/**
 * Waits for a receipt. The node is asked for it at once, and again when there is a block that has the transaction: however
 * many wait for it, and for however long.
 *
 * @param signal ends the wait.
 * @returns the receipt, or why there is none.
 */
export async function awaitReceipt(
  chain: MarketChain,
  hash: Hex,
  signal: AbortSignal,
): Promise<TransactionReceipt | string> {
  const { heads } = chain
  let reason = 'timeout during wait for receipt'
  while (!signal.aborted) {
    const before = heads.seen
    try {
      const receipt = await receiptOf(chain, hash)
      if (receipt) return receipt
      reason = 'timeout during wait for receipt'
    } catch {
      reason = 'unexpected error while fetching transaction receipt'
    }
    // A block that came while the node was asked may have it.
    if (heads.seen !== before) {
      await pause(NOT_YET, signal)
      continue
    }
    await withinTime(SAFETY_INTERVAL, [signal], (again) => heads.including(hash, again))
  }
  return reason
}

/** The receipt of a transaction, null while it is not mined; asked for once a block, whoever asks. */
function receiptOf({ client, heads }: MarketChain, hash: Hex): Promise<TransactionReceipt | null> {
  return heads.answered(
    `receipt ${hash}`,
    () =>
      client.getTransactionReceipt({ hash }).catch((error) => {
        if (error instanceof TransactionReceiptNotFoundError) return null
        throw error
      }),
    NOT_YET,
  )
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
