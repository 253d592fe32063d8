import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type MarketFile, parseSettings, type RunningMarket, startMarket } from '@polyswarm/devnet'
import { EventStream } from '@polyswarm/participants'
import { parseNct } from '@polyswarm/protocol'
import { pino } from 'pino'
import { createPublicClient, createTestClient, http } from 'viem'
import { BountyCount } from './bounty-count.ts'
import { countRequests } from './daemon-requests.ts'
import { offeringAmbassador } from './offering-process.ts'
import { ProcessUsage, type Usage } from './process-usage.ts'
import { type RecordedBlock, recordBlocks } from './recorded-blocks.ts'
import { SLOWER, type Stall, type StallPlan, stall } from './stall.ts'

/** What is posted, and how fast. */
export interface RunPlan {
  /** Artifacts in each bounty. */
  artifacts: number
  bounties: number
  /** Bounties a second whatever becomes of them, or so many that are open at a time. */
  pace: { perSecond: number } | { inFlight: number }
  engines: number
  /** Seconds. */
  blockTime: number
  /** Whether each action has an approval of its own, as where no allowance is given. */
  exactApprovals: boolean
  /** Whether a program listens that does only what no engine can do without. */
  floor: boolean
  /** What is held up once half of the bounties are posted. */
  stall?: StallPlan | undefined
}

/** A run of the market, and what is needed to play it again. */
export interface MarketRun {
  file: MarketFile
  /** State of the chain before the first bounty. */
  state: string
  blocks: RecordedBlock[]
  count: BountyCount
  /** Requests that the daemon answered, by route. */
  requests: Record<string, number>
  usage: Record<string, Usage>
  stall: Stall | undefined
}

const FLOOR = fileURLToPath(new URL('engine-floor.js', import.meta.url))
/** Seconds without a settlement after which nothing more is waited for, beyond the life of a bounty. */
const SILENCE_SECONDS = 30
/** Blocks in which engines can assert. */
const DURATION = 15
/** Blocks that a bounty of such a market lives, if nobody sees to it. */
const LIFE = 45

/** Runs a dev market, as `npm start` starts it, from its first bounty until all are over or nothing happens any more. */
export async function runMarket(directory: string, plan: RunPlan): Promise<MarketRun> {
  const artifacts = join(directory, 'artifacts')
  await writeArtifacts(artifacts, plan)
  // What a user would set.
  Object.assign(process.env, {
    ARTIFACTS_PER_BOUNTY: String(plan.artifacts),
    BOUNTY_DURATION: String(DURATION),
    ...('inFlight' in plan.pace && { MAX_BOUNTIES_IN_FLIGHT: String(plan.pace.inFlight) }),
    // One transaction an action by a standing approval, or two.
    ...(plan.exactApprovals ? {} : { ALLOWANCE: parseNct('100000').toString() }),
  })
  const data = join(directory, 'data')
  const settings = parseSettings({
    ...{ data, artifacts, port: '0', chainPort: '0' },
    ...{ blockTime: String(plan.blockTime), engines: String(plan.engines) },
    ...('perSecond' in plan.pace && { without: ['ambassador'] }),
  })
  const failed = new AbortController()
  const market = await startMarket(settings, {
    step: () => undefined,
    changed: () => undefined,
    reloaded: () => undefined,
    refused: () => undefined,
    restarted: (name, how) => process.stderr.write(`${name} ${how}\n`),
    failed: (error) => failed.abort(error),
  })
  const stopping = (): void => failed.abort(new Error('stopped by a signal'))
  process.once('SIGINT', stopping)
  process.once('SIGTERM', stopping)
  let ambassador: number | undefined
  const started = (_: string, pid: number) => {
    ambassador = pid
  }
  const offering = offeringAmbassador(data, market.file, { directory: artifacts, ...plan }, started)
  const floor = plan.floor ? startFloor(market.file.polyswarmd, join(directory, 'floor.sqlite')) : undefined
  floor?.once('exit', (status) => failed.abort(new Error(`the program that does the least ended with ${status}`)))
  const processes = () => ({
    ...processesOf(data),
    ...(ambassador && { ambassador }),
    ...(floor?.pid && { floor: floor.pid }),
  })
  const usage = new ProcessUsage(processes)
  try {
    const open = async () => {
      await offering?.start()
      market.open()
    }
    const hold = async () => plan.stall && stall(plan.stall, market, processes(), plan.blockTime)
    return await follow(directory, plan, { market, usage, failed: failed.signal, open, hold })
  } finally {
    usage.stop()
    floor?.removeAllListeners('exit').kill()
    await offering?.stop()
    await market.stop()
    process.off('SIGINT', stopping)
    process.off('SIGTERM', stopping)
  }
}

function startFloor(polyswarmd: string, database: string): ChildProcess {
  return spawn(process.execPath, [FLOOR, polyswarmd, database], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

interface Followed {
  market: RunningMarket
  usage: ProcessUsage
  failed: AbortSignal
  /** Lets the ambassador begin. */
  open: () => Promise<void>
  /** Holds up what the plan says. */
  hold: () => Promise<Stall | undefined>
}

async function follow(directory: string, plan: RunPlan, followed: Followed): Promise<MarketRun> {
  const { market, usage, failed, open, hold } = followed
  const { chainRpc, polyswarmd } = market.file
  const state = join(directory, 'state.json')
  const dump = await createTestClient({ mode: 'anvil', transport: http(chainRpc) }).dumpState()
  await writeFile(state, gunzipSync(Buffer.from(dump.slice(2), 'hex')))
  const count = new BountyCount(plan.engines)
  const stop = new AbortController()
  const url = new URL(polyswarmd)
  const stream = new EventStream({ url, chain: 'side', since: '0', logger: pino({ level: 'silent' }) })
  const listening = (async () => {
    for await (const event of stream.events(stop.signal)) count.take(event)
  })()
  const before = Number(await createPublicClient({ transport: http(chainRpc), cacheTime: 0 }).getBlockNumber())
  const [cpuBefore, requestsBefore] = [usage.look(), await countRequests(polyswarmd)]
  await open()
  const stall = await untilOver(count, plan, failed, hold)
  stop.abort()
  await listening.catch(() => undefined)
  const requests = await countRequests(polyswarmd)
  for (const [route, times] of Object.entries(requestsBefore)) requests[route] = (requests[route] ?? 0) - times
  const used = Object.entries(usage.look()).map(([name, { cpu, memory }]) => {
    return [name, { cpu: cpu - (cpuBefore[name]?.cpu ?? 0), memory }] as const
  })
  // The first approvals may be mined in front of the first bounty.
  const all = await recordBlocks(chainRpc, before + 1, count.lastBlock)
  const blocks = all.slice(all.findIndex(({ transactions }) => transactions.length > 0))
  return { file: market.file, state, blocks, count, requests, usage: Object.fromEntries(used), stall }
}

/** Waits until all that is posted is over, or nothing happens for longer than a bounty lives. @returns what was held up. */
async function untilOver(
  count: BountyCount,
  { bounties, blockTime, stall: planned }: RunPlan,
  failed: AbortSignal,
  hold: () => Promise<Stall | undefined>,
): Promise<Stall | undefined> {
  const patience = SILENCE_SECONDS + LIFE * blockTime * (planned?.kind === 'blocks' ? SLOWER : 1)
  let held: Promise<Stall | undefined> | undefined
  for (let quiet = 0, known = ''; count.over < bounties && quiet < patience; quiet++) {
    failed.throwIfAborted()
    await delay(1_000)
    if (count.posted * 2 >= bounties) held ??= hold()
    const now = `${count.posted} ${count.settlements}`
    if (now !== known) quiet = 0
    known = now
  }
  return held
}

/** Tiny files, no two of which are the same, in the order of their names. */
async function writeArtifacts(directory: string, { bounties, artifacts }: RunPlan): Promise<void> {
  await mkdir(directory)
  for (let index = 0; index < bounties * artifacts; index++) {
    const name = String(index).padStart(7, '0')
    await writeFile(join(directory, `note-${name}.txt`), `note number ${index}\n`)
  }
}

function processesOf(data: string): Record<string, number> {
  const { programs } = JSON.parse(readFileSync(join(data, 'processes.json'), 'utf8')) as {
    programs: Record<string, { pid: number }>
  }
  return Object.fromEntries(Object.entries(programs).map(([name, { pid }]) => [name, pid]))
}
