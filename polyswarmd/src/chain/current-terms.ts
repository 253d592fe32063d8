import { ChainUnavailableError } from '../errors.js'
import { type CurrentTerms, readCurrentTerms } from '../ledger/bounty-reader.js'
import type { FollowedChain } from './followed-chain.js'

/**
 * The fees and windows that a bounty posted now would get.
 *
 * @throws ChainUnavailableError before the ledger has read as far as the registry's deployment.
 */
export function currentTerms({ chain, ledger }: FollowedChain): CurrentTerms {
  const terms = readCurrentTerms(ledger)
  if (!terms) throw new ChainUnavailableError({ chain: chain.name })
  return terms
}
