import {
  type Address,
  createPublicClient,
  encodeFunctionData,
  type Hex,
  type LocalAccount,
  type PublicClient,
} from 'viem'
import { chainTransport, closeTransport } from '../chain/chain-transport.js'
import type { Deployment } from '../chain/deployment.js'
import { rpcFailureOf } from '../chain/rpc-failure.js'
import { reasonOf } from '../chain/simulate-transactions.js'
import { Deployer } from '../deploy/deployer.js'
import { ChainMismatchError, ChainUnavailableError, MarketOperationError } from '../errors.js'
import { type GovernedContract, governedContract } from './governed-contract.js'
import type { MarketOperation } from './market-operations.js'

/** An operation with all that it takes. */
export interface PlannedOperation {
  operation: MarketOperation
  given: readonly unknown[]
  contract: GovernedContract
  deployment: Deployment
  account: LocalAccount
}

/** The transaction that an operation is. */
export interface OperationCall {
  to: Address
  data: Hex
  /** As people write it, such as `addArbiter(0x…, 0)`. */
  text: string
}

/** The call of an operation; nothing is asked. */
export function operationCall({ operation, given, contract, deployment }: PlannedOperation): OperationCall {
  const { functionName, more = [] } = operation
  const { address, abi } = governedContract(contract, deployment)
  const args = [...given, ...more]
  const data = encodeFunctionData({ abi, functionName, args })
  return { to: address, data, text: `${functionName}(${args.map(String).join(', ')})` }
}

/**
 * Looks whether the contract would take an operation now.
 *
 * @throws MarketOperationError in the contract's words where it would not; ChainUnavailableError, ChainMismatchError.
 */
export async function checkOperation(planned: PlannedOperation): Promise<void> {
  const { deployment, account, operation } = planned
  const { to, data } = operationCall(planned)
  await withNode(deployment, async (client) => {
    try {
      await client.request({ method: 'eth_call', params: [{ from: account.address, to, data }, 'latest'] })
    } catch (cause) {
      const failure = rpcFailureOf(cause)
      if (!failure) throw cause
      throw new MarketOperationError({ operation: operation.name, reason: reasonOf(failure.data, failure.message) })
    }
  })
}

/**
 * Signs and sends an operation, and reads back what it should have done.
 *
 * @returns what was read, such as `isArbiter(0x…) is true`.
 * @throws MarketOperationError where it is not so; DeploymentFailedError where the transaction fails.
 */
export async function carryOutOperation(planned: PlannedOperation): Promise<string[]> {
  const { deployment, account, operation, given, contract } = planned
  const { to, data } = operationCall(planned)
  const deployer = await Deployer.connect({ rpcUrl: deployment.eth_uri, account, free: deployment.free })
  await deployer.call(operation.name, to, data).finally(() => deployer.close())
  return withNode(deployment, async (client) => {
    const { address, abi } = governedContract(contract, deployment)
    const told: string[] = []
    for (const [functionName, args, value] of operation.after(given, account.address)) {
      const found = await client.readContract({ address, abi, functionName, args })
      const text = `${functionName}(${args.map(String).join(', ')}) is ${found}`
      const holds = typeof value === 'function' ? Boolean(value(found)) : found === value
      if (!holds) {
        const reason = `it was mined, but now ${text}: has somebody else changed it meanwhile?`
        throw new MarketOperationError({ operation: operation.name, reason })
      }
      told.push(text)
    }
    return told
  })
}

async function withNode<T>(deployment: Deployment, work: (client: PublicClient) => Promise<T>): Promise<T> {
  const client = createPublicClient({ transport: chainTransport(deployment.eth_uri), cacheTime: 0 })
  try {
    const actual = await client.getChainId()
    const { chain_id: expected } = deployment
    if (actual !== expected) throw new ChainMismatchError({ chain: 'market', expected, actual })
    return await work(client)
  } catch (cause) {
    if (cause instanceof MarketOperationError || cause instanceof ChainMismatchError) throw cause
    throw new ChainUnavailableError({ chain: 'market', cause })
  } finally {
    await closeTransport(client)
  }
}
