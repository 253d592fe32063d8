import type { MarketCall, UnsignedTransaction } from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'
import { TransactionMismatchError } from '../errors.js'

/** The most that a participant pays for a transaction's execution. */
export interface GasLimits {
  /** Units of gas for one transaction. */
  maxGas: bigint
  /** Price of a unit, in wei. */
  maxGasPrice: bigint
}

/** A transaction that may be signed, but for its nonce. */
export interface VerifiedTransaction {
  type: 'legacy'
  chainId: number
  to: Address
  data: Hex
  value: 0n
  gas: bigint
  gasPrice: bigint
}

/**
 * Holds the transactions that a polyswarmd built against those that are meant, field by field. What may be signed is put
 * together from the participant's own values; of the daemon's only gas and gas price are taken, and only up to a limit.
 *
 * @throws TransactionMismatchError naming the first field that differs.
 */
export function verifyTransactions(
  built: readonly UnsignedTransaction[],
  intended: readonly MarketCall[],
  { chainId, maxGas, maxGasPrice }: GasLimits & { chainId: number },
): VerifiedTransaction[] {
  if (built.length !== intended.length) throw mismatch('count', intended.length, built.length)
  return intended.map(({ to, data }, index) => {
    const transaction = built[index]
    if (!transaction) throw mismatch('count', intended.length, built.length)
    const { gas, gasPrice } = transaction
    if (transaction.chainId !== chainId) throw mismatch('chainId', chainId, transaction.chainId)
    if (transaction.to.toLowerCase() !== to.toLowerCase()) throw mismatch('to', to, transaction.to)
    if (transaction.data.toLowerCase() !== data.toLowerCase()) throw mismatch('data', data, transaction.data)
    if (transaction.value !== 0n) throw mismatch('value', 0n, transaction.value)
    if (gas <= 0n || gas > maxGas) throw mismatch('gas', `1 to ${maxGas}`, gas)
    if (gasPrice < 0n || gasPrice > maxGasPrice) throw mismatch('gasPrice', `at most ${maxGasPrice}`, gasPrice)
    return { type: 'legacy', chainId, to, data, value: 0n, gas, gasPrice }
  })
}

function mismatch(field: string, expected: unknown, got: unknown): TransactionMismatchError {
  return new TransactionMismatchError({ field, expected: String(expected), got: String(got) })
}
