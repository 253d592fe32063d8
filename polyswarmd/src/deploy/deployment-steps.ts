import type { Address, Hex } from 'viem'

/** What a deployment is made of, one step after the other. Each step has a name of its own. */
export interface DeploymentSteps {
  readonly chainId: number
  /** Whether gas costs nothing here. */
  readonly free: boolean
  /** Creates a contract, and tells where it stands. */
  create(step: string, data: Hex): Promise<Address>
  /** Calls a contract. */
  call(step: string, to: Address, data: Hex): Promise<void>
}
