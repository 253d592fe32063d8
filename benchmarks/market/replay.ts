import type { Hex } from 'viem'
import { startAnvil } from '../../test/support/anvil.ts'
import type { MarketRun } from './market-run.ts'
import { type RecordedTransaction, recordBlocks } from './recorded-blocks.ts'

/** What a chain took for transactions alone. */
export interface ReplayResult {
  /** From the first transaction being sent to the last block being mined. */
  seconds: number
  /** Transactions that came to something else than in the market. */
  otherOutcomes: number
}

/**
 * Plays a run's blocks again on a fresh chain of the same state: the transactions of a block are sent together, in as few
 * requests as their order allows, and mined together, under the same block number, so that every window is where it was. Empty
 * blocks between them are mined at once. Nothing waits for a clock.
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
      for (const together of wavesOf(transactions)) await send(chain.rpcUrl, together)
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

/**
 * anvil takes what comes in one request in no order, and mines what it has in the order in which it came. So what is about the
 * same thing comes in one request after the other: the index of an assertion is its place among those on its bounty.
 */
function wavesOf(transactions: readonly RecordedTransaction[]): Hex[][] {
  const waves: Hex[][] = []
  const lastOf = new Map<string, number>()
  for (const { raw, sender, subject } of transactions) {
    const wave = Math.max(lastOf.get(sender) ?? 0, (lastOf.get(subject) ?? -1) + 1)
    lastOf.set(sender, wave)
    lastOf.set(subject, wave)
    waves[wave] ??= []
    waves[wave].push(raw)
  }
  return waves
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
