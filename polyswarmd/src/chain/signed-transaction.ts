import { type Address, getAddress, type Hex, keccak256, parseTransaction, type TransactionSerialized } from 'viem'
import { ChainUnavailableError } from '../errors.js'
import { readChannelAt } from '../ledger/channel-reader.js'
import type { FollowedChain } from './followed-chain.js'
import { recoverSender } from './recover-sender.js'
import { rpcFailureOf } from './rpc-failure.js'

/** A transaction that somebody signed, taken apart. */
export interface SignedTransaction {
  raw: Hex
  hash: Hex
  sender: Address
  /** Null where it would create a contract. */
  to: Address | null
  /** In wei. */
  value: bigint
  data: Hex
  /** Absent in a signature that is valid on every chain. */
  chainId: number | undefined
}

/** What `POST /transactions` answers for one transaction. */
export interface SendOutcome {
  is_error: boolean
  /** The hash with 0x, or what was wrong. */
  message: string
}

/** Takes a raw signed transaction apart; null where it is none, or its signature is of nobody. */
export function parseSignedTransaction(raw: Hex): SignedTransaction | null {
  try {
    const transaction = parseTransaction(raw as TransactionSerialized)
    const { to, value = 0n, data = '0x', chainId } = transaction
    const sender = recoverSender(transaction)
    return { raw, hash: keccak256(raw), sender, to: to ? getAddress(to) : null, value, data, chainId }
  } catch {
    return null
  }
}

/**
 * Sends a transaction on, if it is one of `account` to a contract of the market on this chain, offer channels included.
 *
 * @throws ChainUnavailableError where the node cannot be reached.
 */
export async function relayTransaction(
  { chain, ledger }: FollowedChain,
  account: Address,
  transaction: SignedTransaction,
): Promise<SendOutcome> {
  const { raw, hash, sender, to, chainId } = transaction
  const refuse = (message: string): SendOutcome => ({ is_error: true, message })
  const name = hash.slice(2)
  if (sender !== account) {
    return refuse(`Invalid transaction sender for tx ${name}: expected ${account} got ${sender}`)
  }
  if (to === null || !(chain.contracts.includes(to) || readChannelAt(ledger, to))) {
    return refuse(`Invalid transaction recipient for tx ${name}: ${to ?? 'none'}`)
  }
  if (chainId !== chain.deployment.chain_id) {
    const expected = chain.deployment.chain_id
    return refuse(`Invalid transaction chain id for tx ${name}: expected ${expected} got ${chainId ?? 'none'}`)
  }
  try {
    await chain.client.request({ method: 'eth_sendRawTransaction', params: [raw] })
    return { is_error: false, message: hash }
  } catch (error) {
    const failure = rpcFailureOf(error)
    if (!failure) throw new ChainUnavailableError({ chain: chain.name, cause: error })
    const { code, message } = failure
    // Nodes word it differently, clients look for the words that geth used.
    const known = /already (known|imported)/i.test(message) ? `known transaction: ${name}` : message
    return refuse(`Invalid transaction error for tx ${name}: {'code': ${code}, 'message': '${known}'}`)
  }
}
