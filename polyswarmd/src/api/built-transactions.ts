import type { FollowedChain } from '../chain/followed-chain.js'
import type { BuiltTransaction } from '../chain/transaction-builder.js'
import type { ApiContext } from './api-context.js'

/** The unsigned transactions of an answer, and their chain; null where the answer is of another kind. */
export function builtBy(
  { chains }: ApiContext,
  payload: unknown,
): { transactions: readonly BuiltTransaction[]; followed: FollowedChain } | null {
  const { transactions } = (payload as { result?: { transactions?: unknown } } | null)?.result ?? {}
  if (!Array.isArray(transactions)) return null
  const built = transactions as readonly BuiltTransaction[]
  const followed = Object.values(chains).find(({ chain }) => chain.deployment.chain_id === built[0]?.chainId)
  return followed ? { transactions: built, followed } : null
}
