import { setTimeout as delay } from 'node:timers/promises'
import { type Hex, type TransactionReceipt, TransactionReceiptNotFoundError } from 'viem'
import { failureReason } from './failure-reason.js'
import type { MarketChain } from './market-chain.js'
import { reportReceipt, type TransactionReport } from './transaction-report.js'

/** How often receipts are asked for, in ms. */
const RECEIPT_INTERVAL = 100

/** What became of transactions, and of which ones something must be said. */
export interface MinedTransactions {
  report: TransactionReport
  errors: string[]
  /** Highest block that one of them is in; -1 where none is mined. */
  block: number
}

/**
 * Waits for receipts, of all transactions at once, and reads them.
 *
 * @param signal ends the wait, by the time limit of the route or because nobody waits for the answer any more.
 */
export async function awaitTransactions(
  chain: MarketChain,
  hashes: readonly Hex[],
  signal: AbortSignal,
): Promise<MinedTransactions> {
  const receipts = await Promise.all(hashes.map((hash) => awaitReceipt(chain, hash, signal)))
  const mined: MinedTransactions = { report: {}, errors: [], block: -1 }
  for (const [index, receipt] of receipts.entries()) {
    const hash = hashes[index]?.slice(2)
    if (typeof receipt === 'string') {
      mined.errors.push(`transaction ${hash}: ${receipt}`)
      continue
    }
    mined.block = Math.max(mined.block, Number(receipt.blockNumber))
    if (receipt.status === 'success') reportReceipt(chain, receipt, mined.report)
    else mined.errors.push(`transaction ${hash}: ${await failureReason(chain, receipt)}`)
  }
  return mined
}

async function awaitReceipt(chain: MarketChain, hash: Hex, signal: AbortSignal): Promise<TransactionReceipt | string> {
  let reason = 'timeout during wait for receipt'
  while (!signal.aborted) {
    try {
      return await chain.client.getTransactionReceipt({ hash })
    } catch (error) {
      const missing = error instanceof TransactionReceiptNotFoundError
      reason = missing ? 'timeout during wait for receipt' : 'unexpected error while fetching transaction receipt'
    }
    await delay(RECEIPT_INTERVAL, undefined, { signal }).catch(() => undefined)
  }
  return reason
}
