import { type Movement, nectarTokenAbi } from '@polyswarm/protocol'
import { type Address, type Hex, numberToHex, pad, type RpcLog, toEventSelector } from 'viem'
import type { FollowedChain } from '../chain/followed-chain.js'
import type { MarketChain } from '../chain/market-chain.js'
import { rpcFailureOf } from '../chain/rpc-failure.js'
import { ChainUnavailableError } from '../errors.js'
import { readChannelAt } from '../ledger/channel-reader.js'
import { movementsOf } from './movements.js'

/** A page in the daemon's own types. */
export interface StatementPart {
  from: number
  to: number
  next: number | null
  balance: bigint | null
  movements: (Omit<Movement, 'amount' | 'gas_cost'> & { amount: bigint; gas_cost: bigint | null })[]
}

const TRANSFER = toEventSelector('Transfer(address,address,uint256)')

/** Blocks per question: at first, at most, and the fewest before a refusal of the node is taken for one. */
const FIRST_RANGE = 2_000
const LONGEST_RANGE = 64_000
const SHORTEST_RANGE = 100

/** Questions for one page, and transactions from which on it is full. Those of one block are never divided. */
const MOST_QUESTIONS = 8
const FULL_PAGE = 100

/** Receipts that are asked for at the same time. */
const RECEIPTS = 25

/**
 * What came into an account and went out of it in a range of blocks, from what the node has: the cost of a page depends on
 * what is in it, up to a number of questions, and on nothing else. The ledger may have forgotten what the chain has not.
 *
 * @param range `to` is the newest block that the ledger has read where none is given; then the balance is told as well.
 * @throws ChainUnavailableError where the node does not answer.
 */
export async function statementPart(
  { chain, ledger }: FollowedChain,
  account: Address,
  range: { from: number; to: number | undefined },
): Promise<StatementPart> {
  const { client, deployment, market, name } = chain
  const newest = ledger.head?.number ?? 0
  const to = Math.min(range.to ?? newest, newest)
  try {
    const [balance, { hashes, next }] = await Promise.all([
      range.to === undefined ? balanceAt(chain, account, to) : null,
      transactionsOf(chain, account, range.from, to),
    ])
    const channelAt = (address: Address) => readChannelAt(ledger, address)?.guid
    const contracts = { ...market, relay: deployment.erc20_relay_address, channelAt }
    const movements: StatementPart['movements'] = []
    for (let at = 0; at < hashes.length; at += RECEIPTS) {
      const asked = hashes.slice(at, at + RECEIPTS).map((hash) => client.getTransactionReceipt({ hash }))
      for (const receipt of await Promise.all(asked)) {
        const place = { block_number: Number(receipt.blockNumber), txhash: receipt.transactionHash }
        const own = receipt.from.toLowerCase() === account.toLowerCase()
        const cost = own ? receipt.gasUsed * receipt.effectiveGasPrice : null
        const parts = movementsOf(account, receipt.logs, contracts)
        movements.push(...parts.map((part, index) => ({ ...place, ...part, gas_cost: index === 0 ? cost : null })))
      }
    }
    return { from: range.from, to, next, balance, movements }
  } catch (cause) {
    throw new ChainUnavailableError({ chain: name, cause })
  }
}

function balanceAt({ client, market }: MarketChain, account: Address, block: number): Promise<bigint> {
  const token = { address: market.nectarToken, abi: nectarTokenAbi } as const
  return client.readContract({ ...token, functionName: 'balanceOf', args: [account], blockNumber: BigInt(block) })
}

/** Transactions that moved NCT of an account, in the order of the chain, and the block after the last that was looked at. */
async function transactionsOf(chain: MarketChain, account: Address, from: number, to: number) {
  const hashes = new Set<Hex>()
  let length = FIRST_RANGE
  let at = from
  for (let questions = 0; at <= to && questions < MOST_QUESTIONS && hashes.size < FULL_PAGE; questions++) {
    const end = Math.min(to, at + length - 1)
    let logs: RpcLog[]
    try {
      logs = await transfersOf(chain, account, at, end)
    } catch (error) {
      if (!rpcFailureOf(error) || end - at < SHORTEST_RANGE) throw error
      length = Math.ceil((end - at + 1) / 8)
      continue
    }
    let last = end
    for (const { blockNumber, transactionHash } of logs.sort(byPlace)) {
      if (blockNumber === null || transactionHash === null) continue
      if (hashes.size >= FULL_PAGE && Number(blockNumber) > last) break
      hashes.add(transactionHash)
      // From the transaction on that fills the page, only its own block is still taken.
      if (hashes.size >= FULL_PAGE && last === end) last = Number(blockNumber)
    }
    at = last + 1
    if (logs.length < FULL_PAGE / 4) length = Math.min(2 * length, LONGEST_RANGE)
  }
  return { hashes: [...hashes], next: at <= to ? at : null }
}

/** The node finds them by their topics: it does not look at the transfers of others. */
async function transfersOf({ client, market }: MarketChain, account: Address, from: number, to: number) {
  const blocks = { fromBlock: numberToHex(from), toBlock: numberToHex(to) }
  const ask = (topics: (Hex | null)[]): Promise<RpcLog[]> =>
    client.request({ method: 'eth_getLogs', params: [{ address: market.nectarToken, topics, ...blocks }] })
  const topic = pad(account).toLowerCase() as Hex
  const [sent, received] = await Promise.all([ask([TRANSFER, topic]), ask([TRANSFER, null, topic])])
  return [...sent, ...received]
}

function byPlace(a: RpcLog, b: RpcLog): number {
  return Number(a.blockNumber) - Number(b.blockNumber) || Number(a.logIndex) - Number(b.logIndex)
}
