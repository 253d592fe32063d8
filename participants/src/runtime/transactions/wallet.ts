import type { Address, Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { keccak256 } from 'viem/utils'
import type { PricedTransaction } from './gas-quotes.js'

/** A transaction with its signature, ready to be sent. */
export interface SignedTransaction {
  nonce: number
  hash: Hex
  raw: Hex
}

/** Signs for one account. The key stays inside, and only priced transactions get a signature. */
export class Wallet {
  readonly address: Address
  readonly #account: PrivateKeyAccount

  constructor(account: PrivateKeyAccount) {
    this.#account = account
    this.address = account.address
  }

  /** Signs transactions that belong together with consecutive nonces. */
  async sign(transactions: readonly PricedTransaction[], firstNonce: number): Promise<SignedTransaction[]> {
    return Promise.all(
      transactions.map(async (transaction, index) => {
        const nonce = firstNonce + index
        const raw = await this.#account.signTransaction({ ...transaction, nonce })
        return { nonce, raw, hash: keccak256(raw) }
      }),
    )
  }
}
