import type { MarketCall } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { ChainUnavailableError } from '../errors.js'
import { gasLimits } from './gas-limits.js'
import type { MarketChain } from './market-chain.js'

/** What an account means to do, and the most gas that it can take. */
export interface PlannedCall {
  call: MarketCall
  gasBound: bigint
  /** Gas that others' transactions, mined before this one, can add to its estimate. */
  contention?: bigint
  /** What, done before it, makes it cost the most. */
  dearestAfter?: MarketCall
}

/** An unsigned transaction in the legacy shape that the original's clients hand to their signers. */
export interface BuiltTransaction {
  chainId: number
  data: string
  gas: bigint
  gasPrice: bigint
  nonce: number
  to: Address
  value: number
}

/**
 * Builds an account's transactions, to be mined in this order.
 *
 * @param baseNonce nonce of the first; by default the number of the account's transactions that are mined.
 * @throws ChainUnavailableError where the node does not answer.
 */
export async function buildTransactions(
  chain: MarketChain,
  account: Address,
  baseNonce: number | undefined,
  planned: readonly PlannedCall[],
): Promise<BuiltTransaction[]> {
  const { client, deployment, heads } = chain
  const unavailable = (cause: unknown): never => {
    throw new ChainUnavailableError({ chain: chain.name, cause })
  }
  const [firstNonce, gasPrice, gas] = await Promise.all([
    baseNonce ?? client.getTransactionCount({ address: account, blockTag: 'latest' }).catch(unavailable),
    deployment.free ? 0n : heads.answered('gas price', () => client.getGasPrice()).catch(unavailable),
    gasLimits(chain, account, planned),
  ])
  return planned.map(({ call }, index) => ({
    chainId: deployment.chain_id,
    data: call.data,
    gas: gas[index] ?? 0n,
    gasPrice,
    nonce: firstNonce + index,
    to: call.to,
    value: 0,
  }))
}
