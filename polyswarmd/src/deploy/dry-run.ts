import { type Address, createPublicClient, getContractAddress, type Hex } from 'viem'
import { chainTransport, closeTransport } from '../chain/chain-transport.js'
import { DeploymentFailedError } from '../errors.js'
import type { DeploymentSteps } from './deployment-steps.js'

/** A step that a deployment would take. */
export interface PlannedStep {
  step: string
  /** Where the contract would stand, or the contract that would be called. */
  address: Address
  creates: boolean
}

/** Takes down the steps of a deployment, and signs and sends nothing. */
export class DryRun implements DeploymentSteps {
  readonly chainId: number
  readonly free: boolean
  readonly steps: PlannedStep[] = []
  /** What the account has for gas, in wei. */
  readonly balance: bigint
  readonly #account: Address
  #nonce: number

  private constructor(account: Address, at: { chainId: number; free: boolean; balance: bigint; nonce: number }) {
    this.chainId = at.chainId
    this.free = at.free
    this.balance = at.balance
    this.#account = account
    this.#nonce = at.nonce
  }

  /** @throws DeploymentFailedError where the node does not answer. */
  static async connect(rpcUrl: string, account: Address): Promise<DryRun> {
    const client = createPublicClient({ transport: chainTransport(rpcUrl) })
    try {
      const [chainId, gasPrice, balance, nonce] = await Promise.all([
        client.getChainId(),
        client.getGasPrice(),
        client.getBalance({ address: account }),
        client.getTransactionCount({ address: account, blockTag: 'pending' }),
      ])
      return new DryRun(account, { chainId, free: gasPrice === 0n, balance, nonce })
    } catch (cause) {
      throw new DeploymentFailedError({ step: `connecting to ${rpcUrl}`, cause })
    } finally {
      await closeTransport(client)
    }
  }

  async create(step: string, _data: Hex): Promise<Address> {
    const address = getContractAddress({ from: this.#account, nonce: BigInt(this.#nonce++) })
    this.steps.push({ step, address, creates: true })
    return address
  }

  async call(step: string, to: Address, _data: Hex): Promise<void> {
    this.#nonce++
    this.steps.push({ step, address: to, creates: false })
  }
}
