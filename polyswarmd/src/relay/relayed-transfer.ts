import type { Address, Hex } from 'viem'

/** NCT that somebody sent to the relay of one chain, to be paid by that of the other. */
export interface RelayedTransfer {
  transaction: Hex
  /** Place of the transfer's log within its transaction, which a re-org does not change. */
  index: number
  blockHash: Hex
  blockNumber: number
  /** Who sent it, and so who gets it. */
  destination: Address
  /** Base units of NCT. */
  amount: bigint
}
