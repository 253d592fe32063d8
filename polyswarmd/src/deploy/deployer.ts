import {
  type Address,
  createPublicClient,
  getAddress,
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
} from 'viem'
import { chainTransport, closeTransport } from '../chain/chain-transport.js'
import { DeploymentFailedError } from '../errors.js'

/** Gas beyond the estimate, in percent, for what changes between estimate and block. */
const GAS_MARGIN = 120n

/** Signs and sends one account's transactions, one after the other, each mined before the next. */
export class Deployer {
  readonly chainId: number
  /** Whether gas costs nothing here. */
  readonly free: boolean
  readonly #client: PublicClient
  readonly #account: LocalAccount
  readonly #signal: AbortSignal | undefined

  private constructor(
    client: PublicClient,
    account: LocalAccount,
    chainId: number,
    free: boolean,
    signal?: AbortSignal,
  ) {
    this.#client = client
    this.#account = account
    this.chainId = chainId
    this.free = free
    this.#signal = signal
  }

  /** @throws DeploymentFailedError where the node does not answer. */
  static async connect(options: {
    rpcUrl: string
    account: LocalAccount
    free?: boolean
    signal?: AbortSignal
  }): Promise<Deployer> {
    const client = createPublicClient({ transport: chainTransport(options.rpcUrl), pollingInterval: 50 })
    try {
      const [chainId, gasPrice] = await Promise.all([client.getChainId(), client.getGasPrice()])
      return new Deployer(client, options.account, chainId, options.free ?? gasPrice === 0n, options.signal)
    } catch (cause) {
      await closeTransport(client)
      throw new DeploymentFailedError({ step: `connecting to ${options.rpcUrl}`, cause })
    }
  }

  /** Creates a contract and returns where it stands. */
  async create(step: string, data: Hex): Promise<Address> {
    const { contractAddress } = await this.#send(step, data)
    if (!contractAddress) throw new DeploymentFailedError({ step })
    return getAddress(contractAddress)
  }

  /** Calls a contract. */
  async call(step: string, to: Address, data: Hex): Promise<void> {
    await this.#send(step, data, to)
  }

  /** The chain's head. */
  blockNumber(): Promise<bigint> {
    return this.#client.getBlockNumber({ cacheTime: 0 })
  }

  /** Lets go of the node. */
  close(): Promise<void> {
    return closeTransport(this.#client)
  }

  async #send(step: string, data: Hex, to?: Address): Promise<TransactionReceipt> {
    this.#signal?.throwIfAborted()
    try {
      const client = this.#client
      const account = this.#account
      const [nonce, gasPrice, estimate] = await Promise.all([
        client.getTransactionCount({ address: account.address, blockTag: 'pending' }),
        this.free ? 0n : client.getGasPrice(),
        client.estimateGas({ account: account.address, data, ...(to ? { to } : {}) }),
      ])
      const gas = (estimate * GAS_MARGIN) / 100n
      const chainId = this.chainId
      const signed = await account.signTransaction({
        type: 'legacy',
        chainId,
        nonce,
        gasPrice,
        gas,
        data,
        to: to ?? null,
      })
      const hash = await client.sendRawTransaction({ serializedTransaction: signed })
      const receipt = await client.waitForTransactionReceipt({ hash })
      if (receipt.status === 'success') return receipt
    } catch (cause) {
      throw new DeploymentFailedError({ step, cause })
    }
    throw new DeploymentFailedError({ step })
  }
}
