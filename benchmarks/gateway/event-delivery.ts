import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ChainLoad } from './chain-load.ts'
import type { DaemonProcess } from './daemon-process.ts'

/**
 * What a number of subscribers got. Delays in ms, from the moment the node told of a block until a message had arrived.
 */
export interface DeliveryRow {
  subscribers: number
  /** At 200 events a second. */
  p50: number
  p99: number
  max: number
  /** Share of one core that the daemon used meanwhile. */
  processor: number
  /**
   * All events of a few full blocks, until the last client has the last: events a second, and messages to all clients.
   */
  eventsPerSecond: number
  messagesPerSecond: number
  /** Resident memory of the daemon with these subscribers, in MiB. */
  memory: number
}

const EVENTS_PER_SECOND = 200
const BLOCKS_PER_SECOND = 10
const SECONDS = 10

/** The same at any number of subscribers; so many fit into two blocks. */
const BURST = 2_000

/** Events at a steady rate, then as many as come at once, to a number of subscribers in a process of their own. */
export async function measureDelivery(
  load: ChainLoad,
  daemon: DaemonProcess,
  subscribers: number,
): Promise<DeliveryRow> {
  const steady = await withSubscribers(daemon, subscribers, SECONDS * (EVENTS_PER_SECOND + BLOCKS_PER_SECOND), () =>
    steadyLoad(load),
  )
  let memory = 0
  const begun = { at: 0, events: 0 }
  const burst = await withSubscribers(daemon, subscribers, BURST + 2, async () => {
    memory = daemon.residentMemory()
    await load.post(BURST)
    const times: number[] = []
    for (const _ of [1, 2]) {
      const { at } = await load.mine()
      times.push(...Array.from({ length: BURST / 2 + 1 }, () => Number(at) / 1e6))
    }
    begun.at = times[0] ?? 0
    return times
  })
  const seconds = (burst.last - begun.at) / 1000
  const { p50, p99, max, processor } = steady
  const eventsPerSecond = Math.round(BURST / seconds)
  return {
    subscribers,
    ...{ p50, p99, max, processor, eventsPerSecond },
    messagesPerSecond: eventsPerSecond * subscribers,
    memory: Math.max(memory, daemon.residentMemory()),
  }
}

/** Blocks of 20 bounties each, ten a second. Returns when each message's block was there. */
async function steadyLoad(load: ChainLoad): Promise<number[]> {
  const times: number[] = []
  const perBlock = EVENTS_PER_SECOND / BLOCKS_PER_SECOND
  const start = performance.now()
  for (let block = 0; block < SECONDS * BLOCKS_PER_SECOND; block++) {
    await load.post(perBlock)
    await delay(Math.max(0, start + (block * 1000) / BLOCKS_PER_SECOND - performance.now()))
    const { at } = await load.mine()
    times.push(...Array.from({ length: perBlock + 1 }, () => Number(at) / 1e6))
  }
  return times
}

interface Arrivals {
  last: number
  p50: number
  p99: number
  max: number
  processor: number
}

async function withSubscribers(
  daemon: DaemonProcess,
  subscribers: number,
  frames: number,
  work: () => Promise<number[]>,
): Promise<Arrivals> {
  const child = fork(fileURLToPath(new URL('subscribers.ts', import.meta.url)))
  try {
    child.send({ url: daemon.url, subscribers, frames })
    await message(child)
    const before = [daemon.processorTime(), performance.now()] as const
    const complete = message(child)
    const times = await work()
    await complete
    const processor = (daemon.processorTime() - before[0]) / ((performance.now() - before[1]) / 1000)
    const result = message(child)
    child.send(times)
    return { ...((await result) as Omit<Arrivals, 'processor'>), processor }
  } finally {
    child.kill('SIGKILL')
  }
}

async function message(child: ChildProcess): Promise<unknown> {
  const [value] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('the process of the subscribers ended')
    }),
  ])
  return value
}
