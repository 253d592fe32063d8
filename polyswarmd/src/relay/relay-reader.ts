import {
  type Address,
  getAddress,
  type Hex,
  hexToBigInt,
  numberToHex,
  pad,
  type RpcLog,
  toEventSelector,
  zeroAddress,
} from 'viem'
import { rpcFailureOf } from '../chain/rpc-failure.js'
import type { RelayEnd } from './relay-end.js'
import type { RelayDirection, RelayJournal } from './relay-journal.js'
import type { RelayedTransfer } from './relayed-transfer.js'

const TRANSFER = toEventSelector('Transfer(address,address,uint256)')

/** Blocks per question at most, and the fewest before a refusal of the node is taken for one. */
const LONGEST_RANGE = 2_000
const SHORTEST_RANGE = 10

/** Blocks that are read again where the chain went another way than the confirmations allow for. */
const STEP_BACK = 256

/** What a reader works with. */
export interface RelayReaderOptions {
  end: RelayEnd
  journal: RelayJournal
  /** Blocks that must stand on one before it is read. */
  confirmations: number
  warn: (details: object, message: string) => void
}

/** Reads what was sent to a relay, in blocks that are deep enough, into the journal. */
export class RelayReader {
  readonly #options: RelayReaderOptions
  #range = LONGEST_RANGE

  constructor(options: RelayReaderOptions) {
    this.#options = options
  }

  /**
   * Reads one range of blocks.
   *
   * @returns whether all that is deep enough is read.
   */
  async read(): Promise<boolean> {
    const { end, journal, confirmations } = this.#options
    const deep = Number(await end.client.getBlockNumber()) - confirmations
    const from = (await this.#checkedCursor(end.name, deep)) + 1
    if (from > deep) return true
    const to = Math.min(deep, from + this.#range - 1)
    try {
      const [found, { hash }] = await Promise.all([
        this.#transfers(from, to),
        end.client.getBlock({ blockNumber: BigInt(to) }),
      ])
      journal.advance(end.name, { block: to, hash }, found)
      this.#range = Math.min(2 * this.#range, LONGEST_RANGE)
      return to === deep
    } catch (error) {
      if (!rpcFailureOf(error) || this.#range <= SHORTEST_RANGE) throw error
      this.#range = Math.ceil(this.#range / 4)
      return false
    }
  }

  /** The last block that was read and is still part of the chain; -1 before the first. */
  async #checkedCursor(direction: RelayDirection, deep: number): Promise<number> {
    const { end, journal, warn } = this.#options
    const cursor = journal.cursor(direction)
    if (!cursor) return -1
    if (cursor.block <= deep) {
      const block = await end.client.getBlock({ blockNumber: BigInt(cursor.block) })
      if (block.hash === cursor.hash) return cursor.block
    }
    // A node that is behind for a moment is waited for; its blocks are the same.
    if (cursor.block > deep && cursor.block - deep < STEP_BACK) {
      const block = await end.client.getBlock({ blockNumber: BigInt(cursor.block) }).catch(() => undefined)
      if (block?.hash === cursor.hash || !block) return cursor.block
    }
    const block = Math.max(0, Math.min(cursor.block, deep) - STEP_BACK)
    const { hash } = await end.client.getBlock({ blockNumber: BigInt(block) })
    warn({ chain: direction, from: cursor.block, to: block }, 'the chain went another way: reading again')
    journal.stepBack(direction, { block, hash })
    return block
  }

  async #transfers(from: number, to: number): Promise<RelayedTransfer[]> {
    const { client, token, relay } = this.#options.end
    const topics = [TRANSFER, null, pad(relay).toLowerCase() as Hex]
    const range = { fromBlock: numberToHex(from), toBlock: numberToHex(to) }
    const logs: RpcLog[] = await client.request({
      method: 'eth_getLogs',
      params: [{ address: token, topics, ...range }],
    })
    const found: RelayedTransfer[] = []
    for (const { topics: said, data, blockHash, blockNumber, transactionHash, logIndex } of logs) {
      if (blockHash === null || blockNumber === null || transactionHash === null || logIndex === null) continue
      const sender = getAddress(`0x${said[1]?.slice(26)}` as Address)
      // What was minted for the relay is its reserve, and nobody's payment.
      if (sender === zeroAddress) continue
      const receipt = await client.getTransactionReceipt({ hash: transactionHash })
      const index = receipt.logs.findIndex((log) => log.logIndex === Number(logIndex))
      found.push({
        transaction: transactionHash,
        index,
        blockHash,
        blockNumber: Number(blockNumber),
        destination: sender,
        amount: hexToBigInt(data),
      })
    }
    return found
  }
}
