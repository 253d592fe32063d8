import { type Hex, numberToHex, type Transaction, type TransactionReceipt } from 'viem'
import type { MarketChain } from './market-chain.js'
import { revertReason } from './revert-reason.js'

/** Methods that viem has no types for are called by name. */
type AnyRequest = (call: { method: string; params: unknown[] }) => Promise<unknown>

/**
 * Why a mined transaction failed: all its gas was used up, or a contract refused, in the contract's words where they can be
 * had. Clients look for "out of gas" and "transaction failed".
 */
export async function failureReason(chain: MarketChain, receipt: TransactionReceipt): Promise<string> {
  const failed = `transaction failed at block ${receipt.blockNumber}`
  try {
    const transaction = await chain.client.getTransaction({ hash: receipt.transactionHash })
    const { output, outOfGas } = (await traced(chain, receipt.transactionHash)) ?? {
      output: await outputOfCall(chain, transaction, receipt.blockNumber),
      outOfGas: false,
    }
    const reason = revertReason(output)
    if (reason) return `${failed}, error: ${reason}`
    return outOfGas || receipt.gasUsed === transaction.gas ? 'out of gas' : `${failed}, check parameters`
  } catch {
    return `${failed}, check parameters`
  }
}

/** What the node's tracer saw; null where the node has none. */
async function traced(
  { client }: MarketChain,
  hash: Hex,
): Promise<{ output: Hex | undefined; outOfGas: boolean } | null> {
  try {
    const params = [hash, { tracer: 'callTracer' }]
    const trace = await (client.request as AnyRequest)({ method: 'debug_traceTransaction', params })
    const { output, error } = trace as { output?: Hex; error?: string }
    return { output, outOfGas: /out of ?gas/i.test(error ?? '') }
  } catch {
    return null
  }
}

/** What the transaction returns on the state before its block: close enough for a reason. */
async function outputOfCall(
  { client }: MarketChain,
  transaction: Transaction,
  block: bigint,
): Promise<Hex | undefined> {
  const { from, to, input, gas } = transaction
  const call = { from, to, data: input, gas: numberToHex(gas) }
  try {
    await (client.request as AnyRequest)({ method: 'eth_call', params: [call, numberToHex(block - 1n)] })
    return undefined
  } catch (error) {
    return revertDataOf(error)
  }
}

/** The revert data in an error of viem, at whatever depth it put it. */
function revertDataOf(error: unknown): Hex | undefined {
  for (
    let cause = error as { data?: unknown; cause?: unknown } | undefined;
    cause;
    cause = cause.cause as typeof cause
  ) {
    const data = typeof cause.data === 'object' ? (cause.data as { data?: unknown } | null)?.data : cause.data
    if (typeof data === 'string' && data.startsWith('0x')) return data as Hex
  }
  return undefined
}
