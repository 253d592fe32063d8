import type { MarketCall, QuoteResult } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { ChainUnavailableError } from '../errors.js'
import { gasFromEstimate } from './gas-estimate.js'
import type { MarketChain } from './market-chain.js'
import { rpcFailureOf } from './rpc-failure.js'
import { reasonOf, type SimulatedCall, simulate } from './simulate-transactions.js'

/** A quote in the daemon's own types. */
export interface Quote {
  block: bigint
  nonce: number
  /** In wei; 0 on a chain whose gas is free. */
  gasPrice: bigint
  calls: QuoteResult['calls']
}

const UNKNOWN = { gas: null, error: null }

/**
 * What it takes for an account to sign now, and the gas of each call if they were mined in this order in the next block.
 * Calls after one that would fail are not judged. A node without `eth_simulateV1` is asked for the first alone.
 *
 * @throws ChainUnavailableError where the node does not answer.
 */
export async function quoteCalls(chain: MarketChain, account: Address, calls: readonly MarketCall[]): Promise<Quote> {
  const { client, deployment, name } = chain
  try {
    const [block, nonce, gasPrice, quoted] = await Promise.all([
      client.getBlockNumber({ cacheTime: 0 }),
      client.getTransactionCount({ address: account, blockTag: 'latest' }),
      deployment.free ? 0n : client.getGasPrice(),
      calls.length === 0 ? [] : quoteTogether(chain, account, calls),
    ])
    return { block, nonce, gasPrice, calls: quoted }
  } catch (cause) {
    throw new ChainUnavailableError({ chain: name, cause })
  }
}

async function quoteTogether(chain: MarketChain, account: Address, calls: readonly MarketCall[]) {
  let results: SimulatedCall[]
  try {
    results = await simulate(
      chain,
      calls.map(({ to, data }) => ({ from: account, to, data })),
    )
  } catch (error) {
    if (!rpcFailureOf(error)) throw error
    return quoteFirst(chain, account, calls)
  }
  const failed = results.findIndex(({ status }) => status !== '0x1')
  return calls.map((_, index) => {
    const result = results[index]
    if (!result || (failed >= 0 && index > failed)) return UNKNOWN
    if (index === failed)
      return { gas: null, error: reasonOf(result.error?.data ?? result.returnData, result.error?.message) }
    return { gas: gasFromEstimate(BigInt(result.gasUsed)), error: null }
  })
}

async function quoteFirst({ client }: MarketChain, account: Address, [first, ...others]: readonly MarketCall[]) {
  if (!first) return []
  const { to, data } = first
  const quoted = await client.request({ method: 'eth_estimateGas', params: [{ from: account, to, data }] }).then(
    (estimate) => ({ gas: gasFromEstimate(BigInt(estimate)), error: null }),
    (error: unknown) => {
      const failure = rpcFailureOf(error)
      if (!failure) throw error
      return { gas: null, error: reasonOf(failure.data, failure.message) }
    },
  )
  return [quoted, ...others.map(() => UNKNOWN)]
}
