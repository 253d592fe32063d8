import { type Address, type Hex, numberToHex } from 'viem'
import { ChainUnavailableError } from '../errors.js'
import type { MarketChain } from './market-chain.js'
import { revertReason } from './revert-reason.js'
import { rpcFailureOf } from './rpc-failure.js'
import type { BuiltTransaction } from './transaction-builder.js'

/** Methods that viem has no types for are called by name. */
type AnyRequest = (call: { method: string; params: unknown[] }) => Promise<unknown>

interface SimulatedCall {
  status: Hex
  returnData?: Hex
  error?: { message?: string; data?: Hex }
}

/**
 * What would become of an account's transactions, if they were mined in this order in the next block.
 *
 * @returns why the first of them that fails does; null where none would. A node that cannot simulate several
 * (`eth_simulateV1`) is asked for the first alone, as the others depend on it.
 * @throws ChainUnavailableError where the node does not answer.
 */
export async function failureOf(
  chain: MarketChain,
  account: Address,
  transactions: readonly BuiltTransaction[],
): Promise<string | null> {
  const calls = transactions.map(({ to, data, gas }) => ({ from: account, to, data, gas: numberToHex(gas) }))
  const request = chain.client.request as AnyRequest
  try {
    const params = [{ blockStateCalls: [{ calls }] }, 'latest']
    const [block] = (await request({ method: 'eth_simulateV1', params })) as { calls: SimulatedCall[] }[]
    const failed = block?.calls.find(({ status }) => status !== '0x1')
    return failed ? reasonOf(failed.error?.data ?? failed.returnData, failed.error?.message) : null
  } catch (cause) {
    if (!rpcFailureOf(cause)) throw new ChainUnavailableError({ chain: chain.name, cause })
  }
  try {
    await request({ method: 'eth_call', params: [calls[0], 'latest'] })
    return null
  } catch (cause) {
    const failure = rpcFailureOf(cause)
    if (!failure) throw new ChainUnavailableError({ chain: chain.name, cause })
    return reasonOf(failure.data, failure.message)
  }
}

function reasonOf(data: Hex | undefined, message = 'reverted'): string {
  return revertReason(data) ?? message
}
