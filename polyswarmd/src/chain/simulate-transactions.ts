import { type Address, type Hex, numberToHex } from 'viem'
import { ChainUnavailableError } from '../errors.js'
import type { MarketChain } from './market-chain.js'
import { revertReason } from './revert-reason.js'
import { rpcFailureOf } from './rpc-failure.js'
import type { BuiltTransaction } from './transaction-builder.js'

/** Methods that viem has no types for are called by name. */
type AnyRequest = (call: { method: string; params: unknown[] }) => Promise<unknown>

/** A call as the node takes it. */
interface SimulationCall {
  from: Address
  to: Address
  data: string
  gas?: Hex
  gasPrice?: Hex
}

/** What became of it. */
export interface SimulatedCall {
  status: Hex
  gasUsed: Hex
  returnData?: Hex
  error?: { message?: string; data?: Hex }
}

/** Runs calls, in order, in a block after the newest. @throws an error of viem, also where the node cannot do that. */
export async function simulate({ client }: MarketChain, calls: readonly SimulationCall[]): Promise<SimulatedCall[]> {
  const params = [{ blockStateCalls: [{ calls }] }, 'latest']
  const [block] = (await (client.request as AnyRequest)({ method: 'eth_simulateV1', params })) as {
    calls: SimulatedCall[]
  }[]
  return block?.calls ?? []
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
  const calls = transactions.map(({ to, data, gas, gasPrice }) => ({
    from: account,
    to,
    data,
    gas: numberToHex(gas),
    // With a price, the node also looks whether the account can pay.
    ...(gasPrice > 0n ? { gasPrice: numberToHex(gasPrice) } : {}),
  }))
  const request = chain.client.request as AnyRequest
  try {
    const failed = (await simulate(chain, calls)).find(({ status }) => status !== '0x1')
    return failed ? reasonOf(failed.error?.data ?? failed.returnData, failed.error?.message) : null
  } catch (cause) {
    const failure = rpcFailureOf(cause)
    if (!failure) throw new ChainUnavailableError({ chain: chain.name, cause })
    if (/insufficient funds/i.test(failure.message)) return reasonOf(failure.data, failure.message)
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

/** Why a call fails: in the contract's words where it returned any, in the node's otherwise. */
export function reasonOf(data: Hex | undefined, message = 'reverted'): string {
  // geth says "err: …" before the words of its own.
  return revertReason(data) ?? message.replace(/^err: /, '')
}
