import { nectarTokenAbi } from '@polyswarm/protocol'
import { decodeFunctionData } from 'viem'
import { RefusalError } from '../api/refusal.js'
import type { MarketChain } from '../chain/market-chain.js'
import type { SendOutcome, SignedTransaction } from '../chain/signed-transaction.js'

/**
 * What of somebody's transactions is refused for want of a key: everything but one that moves tokens to the relay, off
 * this chain. Whoever lost a key must be able to get money out.
 *
 * @returns for each transaction what is wrong with it, or null.
 * @throws RefusalError for more than one.
 */
export function refuseKeyless(chain: MarketChain, transactions: readonly SignedTransaction[]): (SendOutcome | null)[] {
  if (transactions.length > 1) throw new RefusalError('MULTIPLE_WITHOUT_KEY')
  return transactions.map((transaction) =>
    isWithdrawal(chain, transaction)
      ? null
      : {
          is_error: true,
          message: `Invalid transaction for tx ${transaction.hash.slice(2)}: only withdrawals allowed without an API key`,
        },
  )
}

function isWithdrawal({ name, deployment, market }: MarketChain, transaction: SignedTransaction): boolean {
  const { to, value, data, chainId } = transaction
  const relay = deployment.erc20_relay_address
  if (name !== 'side' || relay === undefined) return false
  if (to !== market.nectarToken || value !== 0n || chainId !== deployment.chain_id) return false
  try {
    const { functionName, args } = decodeFunctionData({ abi: nectarTokenAbi, data })
    return functionName === 'transfer' && args[0] === relay && args[1] > 0n
  } catch {
    return false
  }
}
