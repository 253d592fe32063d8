import type { Deployment } from '@polyswarm/polyswarmd/deploy'
import { nectarTokenAbi } from '@polyswarm/protocol'
import { createPublicClient, createWalletClient, http, type PrivateKeyAccount } from 'viem'

/**
 * Makes the NCT that a relay pays from at first; verifiers know that it is nobody's payment. Only to be used while each
 * transaction is mined at once.
 */
export async function mintReserve(
  { nodeRpc, deployer, deployment }: { nodeRpc: string; deployer: PrivateKeyAccount; deployment: Deployment },
  amount: bigint,
): Promise<void> {
  const { erc20_relay_address: relay, nectar_token_address: address } = deployment
  if (relay === undefined) throw new TypeError('A market on two chains has a relay.')
  const transport = http(nodeRpc)
  const wallet = createWalletClient({ transport, account: deployer })
  const call = { abi: nectarTokenAbi, address, functionName: 'mint', args: [relay, amount] } as const
  const hash = await wallet.writeContract({ ...call, chain: null, gas: 200_000n, gasPrice: 0n, type: 'legacy' })
  const reader = createPublicClient({ transport, pollingInterval: 50 })
  const { status } = await reader.waitForTransactionReceipt({ hash })
  if (status !== 'success') throw new Error(`the reserve of the relay ${relay} was not minted`)
}
