import {
  type Address,
  createPublicClient,
  getAddress,
  type Hex,
  keccak256,
  type LocalAccount,
  type PublicClient,
  parseTransaction,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem'
import { chainTransport, closeTransport } from '../chain/chain-transport.js'
import { DeploymentFailedError } from '../errors.js'
import type { DeploymentProgress } from './deployment-progress.js'
import type { DeploymentSteps } from './deployment-steps.js'

/** Gas beyond the estimate, in percent, for what changes between estimate and block. */
const GAS_MARGIN = 120n

/** Signs and sends one account's transactions, one after the other, each mined before the next. */
export class Deployer implements DeploymentSteps {
  readonly chainId: number
  /** Whether gas costs nothing here. */
  readonly free: boolean
  readonly #client: PublicClient
  readonly #account: LocalAccount
  readonly #signal: AbortSignal | undefined
  readonly #progress: DeploymentProgress | undefined

  private constructor(
    client: PublicClient,
    account: LocalAccount,
    chainId: number,
    free: boolean,
    { signal, progress }: { signal?: AbortSignal; progress?: DeploymentProgress },
  ) {
    this.#client = client
    this.#account = account
    this.chainId = chainId
    this.free = free
    this.#signal = signal
    this.#progress = progress
  }

  /** @throws DeploymentFailedError where the node does not answer. */
  static async connect(options: {
    rpcUrl: string
    account: LocalAccount
    free?: boolean
    signal?: AbortSignal
    progress?: DeploymentProgress
  }): Promise<Deployer> {
    const client = createPublicClient({ transport: chainTransport(options.rpcUrl), pollingInterval: 50 })
    try {
      const [chainId, gasPrice] = await Promise.all([client.getChainId(), client.getGasPrice()])
      return new Deployer(client, options.account, chainId, options.free ?? gasPrice === 0n, options)
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

  /** Lets go of the node. */
  close(): Promise<void> {
    return closeTransport(this.#client)
  }

  async #send(step: string, data: Hex, to?: Address): Promise<TransactionReceipt> {
    this.#signal?.throwIfAborted()
    try {
      const done = await this.#doneBefore(step)
      if (done) return done
      const raw = await this.#sign(data, to)
      this.#progress?.keep(step, { hash: keccak256(raw), raw })
      const hash = await this.#client.sendRawTransaction({ serializedTransaction: raw })
      const receipt = await this.#client.waitForTransactionReceipt({ hash })
      if (receipt.status === 'success') return receipt
    } catch (cause) {
      throw new DeploymentFailedError({ step, cause })
    }
    throw new DeploymentFailedError({ step })
  }

  /** What an earlier run has signed for a step may be mined, or still be; or it was never sent, or has failed. */
  async #doneBefore(step: string): Promise<TransactionReceipt | undefined> {
    const signed = this.#progress?.signed(step)
    if (!signed) return undefined
    const client = this.#client
    const { hash } = signed
    const mined = await client.getTransactionReceipt({ hash }).catch(unlessMissing)
    if (mined) return mined.status === 'success' ? mined : undefined
    const { nonce = 0 } = parseTransaction(signed.raw)
    const used = await client.getTransactionCount({ address: this.#account.address, blockTag: 'latest' })
    // Another transaction has its nonce: these bytes can never be mined any more.
    if (nonce < used) return undefined
    // The node may have it already, and then refuses it.
    await client.sendRawTransaction({ serializedTransaction: signed.raw }).catch(() => undefined)
    const receipt = await client.waitForTransactionReceipt({ hash })
    return receipt.status === 'success' ? receipt : undefined
  }

  async #sign(data: Hex, to?: Address): Promise<Hex> {
    const client = this.#client
    const account = this.#account
    const [nonce, gasPrice, estimate] = await Promise.all([
      client.getTransactionCount({ address: account.address, blockTag: 'pending' }),
      this.free ? 0n : client.getGasPrice(),
      client.estimateGas({ account: account.address, data, ...(to ? { to } : {}) }),
    ])
    const gas = (estimate * GAS_MARGIN) / 100n
    const { chainId } = this
    return account.signTransaction({ type: 'legacy', chainId, nonce, gasPrice, gas, data, to: to ?? null })
  }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof TransactionReceiptNotFoundError) return undefined
  throw error
}
