import { ChainUnavailableError } from '../errors.js'
import type { MarketChain } from './market-chain.js'

/** The most that a unit of gas may cost, and what of it the block's producer gets at most, in wei. */
export interface GasFees {
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
}

/**
 * Fees with which a transaction is mined though blocks be full for a while: the base fee can double, which takes six
 * full blocks.
 *
 * @throws ChainUnavailableError where the node does not answer, or has no base fee.
 */
export function feesPerGas(chain: MarketChain): Promise<GasFees> {
  return chain.heads.answered('fees', () => askForFees(chain))
}

async function askForFees({ client, name }: MarketChain): Promise<GasFees> {
  try {
    const [{ baseFeePerGas }, tip] = await Promise.all([client.getBlock(), client.estimateMaxPriorityFeePerGas()])
    if (baseFeePerGas === null) throw new Error('the chain has no base fee')
    return { maxFeePerGas: 2n * baseFeePerGas + tip, maxPriorityFeePerGas: tip }
  } catch (cause) {
    throw new ChainUnavailableError({ chain: name, cause })
  }
}
