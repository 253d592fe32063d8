import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Hex, numberToHex } from 'viem'
import { LedgerMismatchError } from '../errors.js'
import type { KnownBlock, Ledger } from '../ledger/ledger.js'
import type { ChainBlock, SourcedRecord } from '../ledger/market-record.js'
import type { ChainHead } from './chain-heads.js'
import { watchHeads } from './head-watch.js'
import type { MarketChain } from './market-chain.js'
import { decodeMarketLog, type MarketLog, marketLogs, registryLogs } from './market-logs.js'
import { rpcFailureOf } from './rpc-failure.js'

/** How a follower reads its chain. */
export interface FollowerOptions {
  chain: MarketChain
  ledger: Ledger
  log: Logger
  /** Milliseconds between two looks at the head. */
  pollingInterval: number
  /** Blocks that must stand on top of one before it is read. 0: read at once, take back on a re-org. */
  confirmations: number
}

/** Up to so many blocks behind the head, every block is read and announced. Further back only those with events. */
const NEAR = 256

/** Blocks per `eth_getLogs` when far behind, at most; a node that refuses so many is asked for fewer. */
const FAR_RANGE = 2_000

/** Blocks of the first such question: how many logs they have is not known yet. */
const FIRST_RANGE = 100

/** Answers after which a node that refused more is asked for more again. */
const ANSWERS_BEFORE_MORE = 64

/** From so many logs in one answer on, the next range is shorter: they are kept in memory until they are written. */
const MANY_LOGS = 16_000

/** The longest pause between two attempts while the node is away, in ms. */
const MAX_BACKOFF = 5_000

type Header = ChainHead

type LogRange = Parameters<typeof marketLogs>[2]

/** The chain changed between two questions about it; the next look sorts it out. */
class ShiftingChainError extends Error {}

/**
 * Reads the chain into the ledger, block by block: gaps, re-orgs and a node that was away or replaced included.
 * Emits `caughtUp` each time the ledger holds all that the node has.
 */
export class Follower extends EventEmitter<{ caughtUp: [] }> {
  readonly #options: FollowerOptions
  readonly #unreadable = new Set<string>()
  #farRange = FIRST_RANGE
  /** The most blocks to ask for, below what the node has refused, and how often it has answered since. */
  #farLimit = FAR_RANGE
  #answers = 0
  #ahead: Required<LogRange> | null = null
  #wake: (() => void) | null = null
  #poked = false
  #caughtUp = false
  #failing = false

  constructor(options: FollowerOptions) {
    super()
    this.setMaxListeners(0)
    this.#options = options
  }

  /** Whether the last look at the node left nothing unread. False while the node is away. */
  get caughtUp(): boolean {
    return this.#caughtUp
  }

  /** Looks at the head now instead of at the end of the polling interval. */
  poke(): void {
    this.#poked = true
    this.#wake?.()
  }

  /**
   * Follows until the signal fires.
   *
   * @throws LedgerMismatchError when the node has become that of another chain.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { pollingInterval, log, chain } = this.#options
    let backoff = pollingInterval
    void watchHeads(chain.reader, () => this.poke())
    while (!signal.aborted) {
      try {
        while ((await this.#step(signal)) && !signal.aborted);
        if (this.#failing) log.info({ chain: chain.name }, 'the node answers again')
        this.#failing = false
        this.#caughtUp = true
        backoff = pollingInterval
        this.emit('caughtUp')
        await this.#pause(pollingInterval, signal)
      } catch (error) {
        if (error instanceof LedgerMismatchError) throw error
        if (signal.aborted) return
        if (!(error instanceof ShiftingChainError)) {
          this.#caughtUp = false
          if (!this.#failing) log.warn({ chain: chain.name, err: error }, 'the chain cannot be read; trying again')
          this.#failing = true
          backoff = Math.min(backoff * 2, MAX_BACKOFF)
        }
        await this.#pause(backoff, signal)
      }
    }
  }

  /** Reads one batch of blocks. Returns whether there may be more. */
  async #step(signal: AbortSignal): Promise<boolean> {
    const { ledger, confirmations, chain } = this.#options
    const latest = await this.#header('latest')
    chain.heads.saw(latest)
    signal.throwIfAborted()
    const target = latest.number - confirmations
    const head = ledger.head
    if (target < 0) return false
    if (head) {
      if (head.number === latest.number && head.hash === latest.hash) return false
      const nothingNew = head.number >= target
      if (!(await this.#stillStands(head, latest))) {
        await this.#rollback(signal)
        return true
      }
      if (nothingNew) return false
    }
    const from = head ? head.number + 1 : 0
    const blocks =
      target - from < NEAR ? await this.#readNear(from, target, latest) : await this.#readFar(from, target - NEAR)
    signal.throwIfAborted()
    const parent = blocks[0]?.number === from ? blocks[0].parent : null
    if (head && parent !== null && parent !== head.hash) throw new ShiftingChainError()
    ledger.append(blocks)
    return true
  }

  /** Whether the block that the ledger ends with still is part of the chain. */
  async #stillStands({ number, hash }: KnownBlock, latest: Header): Promise<boolean> {
    if (number > latest.number) return false
    if (latest.number === number + 1) return latest.parent === hash
    return (await this.#header(number)).hash === hash
  }

  /** Finds the last block that ledger and node have in common, by bisection, and takes back what is above it. */
  async #rollback(signal: AbortSignal): Promise<void> {
    const { ledger, log, chain } = this.#options
    const known = ledger.knownBlocks()
    let common = -1
    for (let low = 0, high = known.length - 1; low <= high; ) {
      const middle = (low + high) >> 1
      const block = known[middle]
      if (block === undefined) break
      const header = await this.#header(block.number).catch((error) => {
        if (error instanceof ShiftingChainError) return null
        throw error
      })
      signal.throwIfAborted()
      if (header?.hash === block.hash) {
        common = middle
        low = middle + 1
      } else {
        high = middle - 1
      }
    }
    await this.#checkGenesis()
    const number = known[common]?.number ?? -1
    this.#ahead = null
    log.warn({ chain: chain.name, from: ledger.head?.number, to: number }, 're-org: blocks are taken back')
    ledger.rollback(number)
  }

  /** Before anything is taken back: the node must answer, and be of this chain. */
  async #checkGenesis(): Promise<void> {
    const { ledger } = this.#options
    const recorded = String(ledger.db.prepare('SELECT genesis_hash FROM ledger').get()?.genesis_hash)
    const { hash } = await this.#header(0)
    if (hash === recorded) return
    const file = ledger.db.location() ?? 'in memory'
    throw new LedgerMismatchError({ file, field: 'genesis block', expected: hash, actual: recorded })
  }

  /** Every block of a short range. */
  async #readNear(from: number, to: number, latest: Header): Promise<ChainBlock[]> {
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index)
    const headers = await Promise.all(
      numbers.map(async (number) => (number === latest.number ? latest : this.#header(number))),
    )
    for (const [index, header] of headers.entries()) {
      const parent = headers[index - 1]
      if (parent && header.parent !== parent.hash) throw new ShiftingChainError()
    }
    const records = await this.#records({ from, to })
    for (const [number, { hash }] of records) {
      if (headers[number - from]?.hash !== hash) throw new ShiftingChainError()
    }
    // A re-org between the headers and the logs would show here: the last header still must be the chain's.
    const last = headers.at(-1)
    if (last && (await this.#header(last.number)).hash !== last.hash) throw new ShiftingChainError()
    // What is read late says nothing of what the next block asks.
    const isNewest = this.#options.confirmations === 0
    return headers.map((header) => ({
      ...header,
      baseFee: isNewest ? (header.baseFee ?? null) : null,
      records: records.get(header.number)?.records ?? [],
    }))
  }

  /** Only the blocks of a long range that the market spoke in, and the last. The next range is asked for meanwhile. */
  async #readFar(from: number, to: number): Promise<ChainBlock[]> {
    const range = this.#ahead?.from === from && this.#ahead.to <= to ? this.#ahead : this.#ask(from, to)
    this.#ahead = null
    const [logs, last] = await Promise.all([range.registries, this.#header(range.to)]).catch((error) => {
      // Whether it refuses so many or takes too long: fewer may do.
      this.#farRange = Math.max(1, (range.to - from + 1) >> 1)
      if (rpcFailureOf(error)) this.#farLimit = this.#farRange
      this.#answers = 0
      throw error
    })
    if (++this.#answers % ANSWERS_BEFORE_MORE === 0) this.#farLimit = Math.min(FAR_RANGE, this.#farLimit * 2)
    if (logs.length > MANY_LOGS) this.#farRange = Math.max(1, this.#farRange >> 1)
    else if (logs.length < MANY_LOGS / 4) this.#farRange = Math.min(this.#farLimit, this.#farRange * 2)
    if (range.to < to) {
      this.#ahead = this.#ask(range.to + 1, to)
      // The question is sent before this thread is busy with the answer to the last one.
      await nextTurn()
    }
    const records = await this.#records(range)
    const spoken = [...records].map(([number, block]) => ({ number, parent: null, ...block }))
    const end = records.get(last.number)
    if (end && end.hash !== last.hash) throw new ShiftingChainError()
    return end ? spoken : [...spoken, { ...last, records: [] }]
  }

  #ask(from: number, to: number): Required<LogRange> {
    const end = Math.min(to, from + this.#farRange - 1)
    const registries = registryLogs(this.#options.chain, from, end)
    registries.catch(() => undefined)
    return { from, to: end, registries }
  }

  /** What the market said in a range, by block, in log order. */
  async #records(range: LogRange): Promise<Map<number, { hash: Hex; records: SourcedRecord[] }>> {
    const logs = await marketLogs(this.#options.chain, this.#options.ledger, range)
    const blocks = new Map<number, { hash: Hex; records: SourcedRecord[] }>()
    for (const log of logs) {
      const number = log.blockNumber
      const block = blocks.get(number) ?? { hash: log.blockHash, records: [] }
      if (block.hash !== log.blockHash) throw new ShiftingChainError()
      blocks.set(number, block)
      const record = this.#decode(log)
      if (record) block.records.push({ record, txhash: log.transactionHash, logIndex: log.logIndex })
    }
    return blocks
  }

  #decode(log: MarketLog) {
    try {
      return decodeMarketLog(this.#options.chain, log)
    } catch (error) {
      const topic = log.topics[0] ?? 'none'
      if (!this.#unreadable.has(topic)) {
        this.#unreadable.add(topic)
        this.#options.log.warn({ topic, txhash: log.transactionHash, err: error }, 'a log cannot be read; skipped')
      }
      return null
    }
  }

  async #header(block: number | 'latest'): Promise<Header> {
    const which = block === 'latest' ? block : numberToHex(block)
    const found = await this.#options.chain.reader.request({ method: 'eth_getBlockByNumber', params: [which, false] })
    if (found?.number == null || found.hash === null) throw new ShiftingChainError(`there is no block ${block}`)
    const { hash, parentHash: parent, transactions, baseFeePerGas } = found
    const baseFee = baseFeePerGas == null ? null : BigInt(baseFeePerGas)
    return { number: Number(found.number), hash, parent, baseFee, transactions: transactions as Hex[] }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#poked) {
      this.#poked = false
      return
    }
    // Each transaction that is sent ends one: no signal of its own, of which each would leave an error with its stack.
    const { promise, resolve } = Promise.withResolvers<void>()
    const onAbort = (): void => resolve()
    const timer = setTimeout(resolve, ms)
    this.#wake = resolve
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) resolve()
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    this.#wake = null
    this.#poked = false
  }
}
