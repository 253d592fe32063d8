import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningMarket } from '@polyswarm/devnet'
import { createPublicClient, http } from 'viem'
import type { LostReveal } from './bounty-count.ts'
import { membersOf } from './process-usage.ts'

/** For how many seconds something is held up by default; `blocks` are slow until the run is over. */
const SECONDS = { core: 8, engine: 2, keeper: 10, polyswarmd: 2, chain: 4, blocks: 0 }
/** How many times as long as before the slow blocks take. */
export const SLOWER = 5

/** What is held up in the middle of a run. */
export interface StallPlan {
  kind: keyof typeof SECONDS
  seconds: number
}

/** What was held up, and when. */
export interface Stall extends StallPlan {
  /** The newest block when it began, and when it was over. */
  from: number
  to: number
  /** Whose reveals wait as long as it does: one account's, everybody's, or nobody's. */
  stopped: string | 'all' | 'none'
  /** In words. */
  what: string
}

/** @param text a kind, and seconds if need be: `engine`, `engine:4`. @throws an error that names the kinds. */
export function parseStall(text: string): StallPlan {
  const [name = '', given] = text.split(':')
  const kind = name as StallPlan['kind']
  const seconds = given === undefined ? SECONDS[kind] : Number(given)
  if (!Object.hasOwn(SECONDS, kind) || !(seconds >= 0)) {
    throw new Error(`--stall is one of ${Object.keys(SECONDS).join(', ')}, and may be followed by seconds: engine:4`)
  }
  return { kind, seconds }
}

/**
 * Holds something of a market up, once. Linux only.
 *
 * @param processes ids of the processes that lead the programs' groups, by name.
 * @param blockTime seconds.
 */
export async function stall(
  { kind, seconds }: StallPlan,
  { file, engines }: RunningMarket,
  processes: Record<string, number>,
  blockTime: number,
): Promise<Stall> {
  const chain = createPublicClient({ transport: http(file.chainRpc), cacheTime: 0 })
  const program = kind === 'engine' ? (engines[0]?.name ?? '') : kind
  const from = Number(await chain.getBlockNumber())
  if (kind === 'blocks') await setBlockTime(file.dashboard ?? '', blockTime * SLOWER)
  else if (kind === 'core') await onOneProcessor([...membersOf(Object.values(processes)), process.pid], seconds)
  else await stopped(processes[program], seconds)
  const to = kind === 'blocks' ? Number.POSITIVE_INFINITY : Number(await chain.getBlockNumber())
  const what = {
    core: `all programs on one processor for ${seconds} s`,
    blocks: `blocks ${SLOWER} times slower from block ${from} on`,
  }
  const account = file.accounts[program]?.address.toLowerCase() ?? 'none'
  return {
    ...{ kind, seconds, from, to },
    stopped: kind === 'engine' ? account : kind === 'polyswarmd' ? 'all' : 'none',
    what: kind === 'core' || kind === 'blocks' ? what[kind] : `${program} stopped for ${seconds} s`,
  }
}

/** Whether an assertion was not revealed by somebody who could do nothing for more than half of the window. */
export function isExcused({ author, from, end }: LostReveal, stall: Stall | undefined): boolean {
  if (!stall || (stall.stopped !== 'all' && stall.stopped !== author.toLowerCase())) return false
  const blocks = Math.min(stall.to, end) - Math.max(stall.from, from)
  return blocks * 2 > end - from
}

/** A program with all that it has started. */
async function stopped(leader: number | undefined, seconds: number): Promise<void> {
  if (leader === undefined) throw new Error('there is no such program')
  process.kill(-leader, 'SIGSTOP')
  try {
    await delay(seconds * 1000)
  } finally {
    process.kill(-leader, 'SIGCONT')
  }
}

async function onOneProcessor(pids: readonly number[], seconds: number): Promise<void> {
  const own = readFileSync('/proc/self/status', 'utf8').match(/^Cpus_allowed_list:\s*(\S+)$/m)?.[1] ?? '0'
  const run = (processors: string) => {
    for (const pid of pids) {
      try {
        execFileSync('taskset', ['-a', '-c', '-p', processors, String(pid)], { stdio: 'ignore' })
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  run(own.match(/^\d+/)?.[0] ?? '0')
  try {
    await delay(seconds * 1000)
  } finally {
    run(own)
  }
}

async function setBlockTime(page: string, seconds: number): Promise<void> {
  const answer = await fetch(new URL('/api/dev/blocks', page), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ block_time: seconds }),
  })
  if (!answer.ok) throw new Error(`the pace of blocks was not changed: ${await answer.text()}`)
}
