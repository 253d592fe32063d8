import type { Guid } from '@polyswarm/protocol'
import { type Address, getAddress, type Hex, numberToHex, type PublicClient, type RpcLog, toEventSelector } from 'viem'
import { hasChannels, readChannelAt } from '../ledger/channel-reader.js'
import type { Ledger } from '../ledger/ledger.js'
import type { MarketRecord } from '../ledger/market-record.js'
import {
  CHANNEL_TOPICS,
  decodeChannelLog,
  decodeOfferRegistryLog,
  decodeRegistryLog,
  type RawLog,
} from './decode-log.js'
import type { MarketChain } from './market-chain.js'

/** A log of a block that is part of the chain, as far as the node knows. */
export interface MarketLog extends RawLog {
  blockNumber: number
  blockHash: Hex
  transactionHash: Hex
  logIndex: number
  /** The offer channel that said it; absent for the registries. */
  channel?: Guid
}

/** What a node is asked for. */
interface LogFilter {
  address?: Address | Address[]
  topics?: [Hex[]]
  fromBlock: Hex
  toBlock: Hex
}

const INITIALIZED = toEventSelector('InitializedChannel(address,address,address,uint128)')

/**
 * What the market's contracts said in a range of blocks, in the order of the chain. The channels of offers are
 * contracts of their own: the node is asked for them only once there is one, and by what they say, as there may be any
 * number of them.
 *
 * @param range blocks, and what the registries said in them where that was asked for already.
 */
export async function marketLogs(
  chain: MarketChain,
  ledger: Ledger,
  range: { from: number; to: number; registries?: Promise<MarketLog[]> },
): Promise<MarketLog[]> {
  const { reader, deployment } = chain
  const offers = deployment.offer_registry_address
  const { from, to } = range
  const logs = await (range.registries ?? registryLogs(chain, from, to))
  const initialized = logs.filter(({ address, topics }) => topics[0] === INITIALIZED && isAt(address, offers))
  if (offers && (initialized.length > 0 || hasChannels(ledger))) {
    const said = await minedLogs(reader, { topics: [CHANNEL_TOPICS], ...blocksOf(from, to) })
    logs.push(...channelLogs(said, ledger, initialized))
  }
  return logs.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex)
}

/** What the two registries said in a range of blocks. It needs no ledger, and can be asked for ahead. */
export function registryLogs({ reader, market, deployment }: MarketChain, from: number, to: number) {
  const offers = deployment.offer_registry_address
  const address = offers ? [market.bountyRegistry, offers] : market.bountyRegistry
  return minedLogs(reader, { address, ...blocksOf(from, to) })
}

function blocksOf(from: number, to: number) {
  return { fromBlock: numberToHex(from), toBlock: numberToHex(to) }
}

/** Logs as the node has them: viem's own `getLogs` makes each anew, which counts when there are a million. */
async function minedLogs(client: PublicClient, filter: LogFilter): Promise<MarketLog[]> {
  const logs: RpcLog[] = await client.request({ method: 'eth_getLogs', params: [filter] })
  const mined: MarketLog[] = []
  for (const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex } of logs) {
    if (blockNumber === null || blockHash === null || transactionHash === null || logIndex === null) continue
    const place = { blockNumber: Number(blockNumber), logIndex: Number(logIndex) }
    mined.push({ address, topics, data, blockHash, transactionHash, ...place })
  }
  return mined
}

/** Nodes write addresses in letters of their own choice. */
function isAt(address: Address, contract: Address | undefined): boolean {
  return contract !== undefined && (address === contract || address.toLowerCase() === contract.toLowerCase())
}

/**
 * Reads a log of the market; null for events that the ledger does not keep.
 *
 * @throws Error where the log holds a value that the market does not know.
 */
export function decodeMarketLog({ deployment }: MarketChain, log: MarketLog): MarketRecord | null {
  if (log.channel !== undefined) {
    const did = decodeChannelLog(log)
    return did && { kind: 'channel_move', guid: log.channel, did }
  }
  const ofOffers = isAt(log.address, deployment.offer_registry_address)
  return ofOffers ? decodeOfferRegistryLog(log) : decodeRegistryLog(log)
}

/**
 * Those of anybody's logs that come from a channel of our registry: one in the ledger, or one that was just deployed.
 */
function channelLogs(said: readonly MarketLog[], ledger: Ledger, initialized: readonly RawLog[]): MarketLog[] {
  const fresh = new Map(
    initialized.map((log) => {
      const record = decodeOfferRegistryLog(log)
      return [record?.channel, record?.guid] as const
    }),
  )
  return said.flatMap((log) => {
    const emitter = getAddress(log.address)
    const channel = fresh.get(emitter) ?? readChannelAt(ledger, emitter)?.guid
    return channel ? [{ ...log, channel }] : []
  })
}
