import { type Address, createPublicClient, type Hex, http, keccak256, serializeTransaction } from 'viem'

/** A transaction as it was signed, and what came of it. */
export interface RecordedTransaction {
  raw: Hex
  hash: Hex
  status: 'success' | 'reverted'
  sender: Address
  /** The contract that it calls and the first argument: what it is about, such as one bounty. */
  subject: string
}

/** A block with its transactions, in their order. */
export interface RecordedBlock {
  number: bigint
  transactions: RecordedTransaction[]
}

/** Reads blocks back from a chain, empty ones included. */
export async function recordBlocks(rpcUrl: string, first: number, last: number): Promise<RecordedBlock[]> {
  const chain = createPublicClient({ transport: http(rpcUrl), cacheTime: 0 })
  const blocks: RecordedBlock[] = []
  for (let number = BigInt(first); number <= BigInt(last); number++) {
    const [block, receipts] = await Promise.all([
      chain.getBlock({ blockNumber: number, includeTransactions: true }),
      chain.request({ method: 'eth_getBlockReceipts' as never, params: [`0x${number.toString(16)}`] as never }),
    ])
    const results = receipts as unknown as { status: Hex }[]
    const transactions = block.transactions.map((transaction, index) => {
      const raw = rawOf(transaction)
      if (keccak256(raw) !== transaction.hash)
        throw new Error(`transaction ${transaction.hash} was not put together well`)
      const { status = '0x0' } = results[index] ?? {}
      return {
        raw,
        hash: transaction.hash,
        status: status === '0x1' ? ('success' as const) : ('reverted' as const),
        sender: transaction.from,
        subject: `${transaction.to} ${transaction.input.slice(10, 74)}`,
      }
    })
    blocks.push({ number, transactions })
  }
  return blocks
}

type Block = Awaited<ReturnType<ReturnType<typeof createPublicClient>['getBlock']>>
type BlockTransaction = Exclude<Block['transactions'][number], Hex>

function rawOf(transaction: BlockTransaction): Hex {
  const { nonce, gas, to, value, input: data, r, s, v } = transaction
  const common = { nonce, gas, to, value, data }
  if (transaction.type === 'legacy') {
    const { gasPrice, chainId } = transaction
    return serializeTransaction(
      { ...common, type: 'legacy', gasPrice, ...(chainId !== undefined && { chainId }) },
      { r, s, v },
    )
  }
  if (transaction.type !== 'eip1559') throw new Error(`a transaction of type ${transaction.type} was not expected`)
  const { maxFeePerGas, maxPriorityFeePerGas, chainId, yParity } = transaction
  return serializeTransaction(
    { ...common, type: 'eip1559', maxFeePerGas, maxPriorityFeePerGas, chainId },
    { r, s, yParity },
  )
}
