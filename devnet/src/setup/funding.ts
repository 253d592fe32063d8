import { nectarTokenAbi, parseNct } from '@polyswarm/protocol'
import { createPublicClient, createTestClient, createWalletClient, type Hex, http, type PrivateKeyAccount } from 'viem'

/** Who pays, and where. */
export interface FundingOptions {
  nodeRpc: string
  token: Hex
  /** Holds what is given. */
  deployer: PrivateKeyAccount
  /** Whether to mine a block: while a market is being set up, nobody else does. */
  mine?: boolean
}

/** Ether for those whose wallet insists on a gas price, in wei; gas is free here. */
const ETHER = parseNct('1000')

/** Milliseconds that a transfer may take until it is mined. */
const PATIENCE = 30_000

/**
 * Gives accounts NCT from the deployer, and ether where they have less than everybody starts with.
 *
 * @returns the transactions, one for each amount above 0, when all are mined.
 */
export async function fund(
  { nodeRpc, token, deployer, mine = false }: FundingOptions,
  grants: readonly { to: Hex; amount: bigint }[],
): Promise<Hex[]> {
  const transport = http(nodeRpc)
  const reader = createPublicClient({ transport, pollingInterval: 50 })
  const wallet = createWalletClient({ transport, account: deployer })
  const node = createTestClient({ transport, mode: 'anvil' })
  let nonce = await reader.getTransactionCount({ address: deployer.address, blockTag: 'pending' })
  const hashes: Hex[] = []
  for (const { to, amount } of grants) {
    if ((await reader.getBalance({ address: to })) < ETHER) await node.setBalance({ address: to, value: ETHER })
    if (amount === 0n) continue
    const call = { abi: nectarTokenAbi, address: token, functionName: 'transfer', args: [to, amount] } as const
    hashes.push(
      await wallet.writeContract({ ...call, chain: null, nonce: nonce++, gas: 200_000n, gasPrice: 0n, type: 'legacy' }),
    )
  }
  if (mine && hashes.length > 0) await node.mine({ blocks: 1 })
  for (const hash of hashes) {
    const { status } = await reader.waitForTransactionReceipt({ hash, timeout: PATIENCE })
    if (status !== 'success') throw new Error(`the transfer ${hash} failed: has the deployer enough NCT?`)
  }
  return hashes
}
