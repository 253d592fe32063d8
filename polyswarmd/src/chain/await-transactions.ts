import { setTimeout as delay } from 'node:timers/promises'
import { type Hex, type TransactionReceipt, TransactionReceiptNotFoundError } from 'viem'
import { failureReason } from './failure-reason.js'
import { type FollowedChain, ledgerReaches } from './followed-chain.js'
import type { MarketChain } from './market-chain.js'
import { reportReceipt, type TransactionReport } from './transaction-report.js'

/** How often receipts are asked for, in ms. */
const RECEIPT_INTERVAL = 100

/** What became of transactions, and of which ones something must be said. */
export interface MinedTransactions {
  report: TransactionReport
  errors: string[]
}

/**
 * Waits for receipts, of all transactions at once, then for the ledger to have read their blocks, and reads them.
 *
 * @param confirmations blocks that must stand on top of one before the ledger reads it.
 * @param signal ends the wait, by the time limit of the route or because nobody waits for the answer any more.
 */
export async function awaitTransactions(
  followed: FollowedChain,
  hashes: readonly Hex[],
  confirmations: number,
  signal: AbortSignal,
): Promise<MinedTransactions> {
  const { chain } = followed
  const receipts = await Promise.all(hashes.map((hash) => awaitReceipt(chain, hash, signal)))
  const blocks = receipts.map((receipt) => (typeof receipt === 'string' ? -1 : Number(receipt.blockNumber)))
  await ledgerReaches(followed, Math.max(-1, ...blocks) - confirmations, signal)
  const mined: MinedTransactions = { report: {}, errors: [] }
  for (const [index, receipt] of receipts.entries()) {
    const hash = hashes[index]?.slice(2)
    if (typeof receipt === 'string') {
      mined.errors.push(`transaction ${hash}: ${receipt}`)
      continue
    }
    if (receipt.status === 'success') reportReceipt(followed, receipt, mined.report)
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
