import { createTestClient, http } from 'viem'

/** Where the newest 8,191 block hashes are kept for contracts to read, by EIP-2935. */
const HISTORY_STORAGE = '0x0000F90827F1C53a10cb7A02335B175320002935'

/**
 * Lets a development chain keep no hashes of blocks in its state. anvil hashes all of its state with every block, and copies
 * it: after an hour or two an empty block would cost it 10 ms and not a tenth of one. No contract of a market asks for them,
 * and where the contract has no code, the rule of the chain is to pass over it.
 */
export async function keepNoBlockHashes(rpcUrl: string): Promise<void> {
  const client = createTestClient({ transport: http(rpcUrl), mode: 'anvil', cacheTime: 0 })
  await client.setCode({ address: HISTORY_STORAGE, bytecode: '0x' })
}
