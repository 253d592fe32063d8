import { join } from 'node:path'
import { numberToHex } from 'viem'
import type { ChainLoad } from './chain-load.ts'
import { DaemonProcess } from './daemon-process.ts'

/** How fast an empty ledger is filled, in events a second, and the same range by `eth_getLogs` alone. */
export interface ColdSyncResult {
  events: number
  blocks: number
  daemon: number
  bare: number
  ratio: number
}

const EVENTS_PER_BLOCK = 40
const RANGE = 2_000
const ROUNDS = 3
const NEWEST = 300

/** Fills the chain with bounties, then reads it from the beginning. */
export async function measureColdSync(load: ChainLoad, blocks: number): Promise<ColdSyncResult> {
  for (let block = 0; block < blocks; block++) {
    await load.post(EVENTS_PER_BLOCK)
    await load.mine()
  }
  // The newest blocks are read one by one; a chain that has grown for ages is not made of them.
  await load.chain.mine(NEWEST)
  const head = Number(await load.chain.rpc('eth_blockNumber'))
  const [bare, cold, warm]: number[][] = [[], [], []]
  let events = 0
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    events = await readLogs(load, head)
    bare?.push(performance.now() - start)
    // A ledger that is up to date costs what a start costs; what an empty one takes longer is the reading.
    const data = join(load.directory, `cold-${round}`)
    cold?.push(await startTime(load, data))
    warm?.push(await startTime(load, data))
  }
  const best = (times: number[] = []) => Math.min(...times)
  const seconds = { bare: best(bare) / 1000, daemon: (best(cold) - best(warm)) / 1000 }
  return {
    events,
    blocks: head,
    daemon: Math.round(events / seconds.daemon),
    bare: Math.round(events / seconds.bare),
    ratio: seconds.bare / seconds.daemon,
  }
}

/** Bare `eth_getLogs` from block 0 to the head, parsed and counted. Each bounty has two logs and is one event. */
async function readLogs({ chain, registry }: ChainLoad, head: number): Promise<number> {
  const bounties = new Set<string>()
  for (let from = 0; from <= head; from += RANGE) {
    const filter = {
      address: registry,
      fromBlock: numberToHex(from),
      toBlock: numberToHex(Math.min(head, from + RANGE - 1)),
    }
    for (const { transactionHash } of await chain.rpc<{ transactionHash: string }[]>('eth_getLogs', [filter])) {
      bounties.add(transactionHash)
    }
  }
  return bounties.size
}

/** From the start of the program until its ledger is up to date, in ms. */
async function startTime(load: ChainLoad, data: string): Promise<number> {
  const start = performance.now()
  const daemon = await DaemonProcess.start(['--side', load.deployment, '--data', data])
  while ((await fetch(`${daemon.url}/ready`)).status !== 200);
  const time = performance.now() - start
  await daemon.stop()
  return time
}
