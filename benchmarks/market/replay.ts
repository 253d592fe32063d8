import type { Hex } from 'viem'
import { startAnvil } from '../../test/support/anvil.ts'
import type { MarketRun } from '../market.ts'
import { recordBlocks } from './recorded-blocks.ts'

/** What a chain took for transactions alone. */
export interface ReplayResult {
  /** From the first transaction being sent to the last block being mined. */
  seconds: number
  /**
   * Transactions that came to something else than in the market. A node may take those of different senders in another order
   * within a block; then assertions have other indexes, and their reveals revert.
   */
  otherOutcomes: number
}

/**
 * Plays a run's blocks again on a fresh chain of the same state: the transactions of a block are sent together, in their
 * order, and mined together, under the same block number, so that every window is where it was. Empty blocks between them
 * are mined at once. Nothing waits for a clock.
 */
export async function replay({ file, state, blocks }: MarketRun): Promise<ReplayResult> {
  const chain = await startAnvil({ chainId: file.chainId, state })
  try {
    await chain.rpc('evm_setAutomine', [false])
    const [first, last] = [blocks[0], blocks.at(-1)]
    if (!first || !last) throw new Error('there is nothing to replay')
    let head = BigInt(await chain.rpc<Hex>('eth_blockNumber'))
    const mineTo = async (number: bigint) => {
      if (number > head) await chain.mine(Number(number - head))
      if (number > head) head = number
    }
    await mineTo(first.number - 1n)
    const start = performance.now()
    for (const { number, transactions } of blocks) {
      if (transactions.length === 0) continue
      await mineTo(number - 1n)
      await send(
        chain.rpcUrl,
        transactions.map(({ raw }) => raw),
      )
      await mineTo(number)
    }
    const seconds = Math.round(performance.now() - start) / 1000
    const again = await recordBlocks(chain.rpcUrl, Number(first.number), Number(last.number))
    const outcomes = (all: typeof blocks) =>
      all.flatMap(({ number, transactions }) => transactions.map(({ hash, status }) => `${hash} ${number} ${status}`))
    const same = new Set(outcomes(again))
    return { seconds, otherOutcomes: outcomes(blocks).filter((outcome) => !same.has(outcome)).length }
  } finally {
    await chain.stop()
  }
}

/** In one request: as fast as the node takes them. */
async function send(rpcUrl: string, raw: readonly Hex[]): Promise<void> {
  const calls = raw.map((one, id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [one] }))
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls),
  })
  const answers = (await response.json()) as { error?: { message: string } }[]
  const refused = answers.find(({ error }) => error)
  if (refused) throw new Error(`the bare chain refused a transaction: ${refused.error?.message}`)
}
