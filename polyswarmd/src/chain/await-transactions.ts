import type { Hex, TransactionReceipt } from 'viem'
import { OverloadedError } from '../errors.js'
import { awaitReceipt } from './await-receipt.js'
import { failureReason } from './failure-reason.js'
import { type FollowedChain, ledgerReaches } from './followed-chain.js'
import type { MarketChain } from './market-chain.js'
import { reportReceipt, type TransactionReport } from './transaction-report.js'

/** How long one that found no room should wait, in seconds. */
const PAUSE = 1

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
 * @throws OverloadedError where too many are waited for already.
 */
export async function awaitTransactions(
  followed: FollowedChain,
  hashes: readonly Hex[],
  confirmations: number,
  signal: AbortSignal,
): Promise<MinedTransactions> {
  const { awaited } = followed.chain
  if (!awaited.take(hashes.length)) throw new OverloadedError({ retryAfter: PAUSE })
  try {
    return await minedTransactions(followed, hashes, confirmations, signal)
  } finally {
    awaited.release(hashes.length)
  }
}

async function minedTransactions(
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
    else mined.errors.push(`transaction ${hash}: ${await failureOnce(chain, receipt)}`)
  }
  return mined
}

/** A failure is looked into once a block, whoever asks: a node traces whole transactions for it. */
function failureOnce(chain: MarketChain, receipt: TransactionReceipt): Promise<string> {
  return chain.heads.answered(`failure ${receipt.transactionHash}`, () => failureReason(chain, receipt))
}
