import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSettings, type RunningMarket, startMarket } from '@polyswarm/devnet'
import { EventStream } from '@polyswarm/participants'
import { pino } from 'pino'
import { createTestClient, http } from 'viem'
import { BountyCount } from '../market/bounty-count.ts'
import { countRequests } from '../market/daemon-requests.ts'
import { ProcessUsage, type Usage } from '../market/process-usage.ts'
import { multiplyJournal, multiplyLedger } from './multiplied-past.ts'

/** Processor time of one program in a market, in milliseconds. */
interface ProgramCost {
  /** From its start until it was ready: of a participant, until all that was due was on its way. */
  ready: number
  /** For each bounty that was settled afterwards. */
  perBounty: number
  /** The most resident memory, in MiB. */
  memory: number
}

/** What a market costs that has so many bounties behind it. */
export interface LivingMarket {
  /** Bounties in the daemon's ledger, and in the journal of the engine `eicar`. */
  past: number
  programs: Record<string, ProgramCost>
  /** Requests to the daemon until all were ready. */
  requestsUntilReady: number
}

/** Bounties that a market settles before its past is multiplied. */
const BASE = 200
/** Engines that were there from the beginning; then comes one more, which joins. */
const ENGINES = 5
/** The engine whose journal has the past; of its kind there is another without. */
const OLD_ENGINE = 'eicar'
/** Blocks after which a bounty is the past for a daemon: for a thousand it tells keepers who has not settled. */
const REST = 1_500
const AT_ONCE = 100
/** Seconds between blocks. */
const BLOCK_TIME = '0.2'

/**
 * Runs a dev market twice, with the past that it has had and with a million bounties behind it, and a new engine joins it: the
 * ledger of the daemon, and the journal of one engine, are filled with copies of what was in them.
 *
 * @param directory where the markets are kept; what is there already is not made again.
 * @param bounties how many are behind the old market.
 * @param measured bounties that are settled while it is measured.
 */
export async function livingMarkets(directory: string, bounties: number, measured: number): Promise<LivingMarket[]> {
  const base = join(directory, 'base')
  const artifacts = join(directory, 'artifacts')
  mkdirSync(artifacts, { recursive: true })
  writeFileSync(join(artifacts, 'note.txt'), 'a note\n')
  if (!existsSync(base)) await run(base, artifacts, ENGINES, BASE, REST)
  const young = join(directory, `young-${Date.now()}`)
  copyMarket(base, young)
  const old = join(directory, 'old')
  if (!existsSync(old)) {
    copyMarket(base, old)
    multiplyLedger(join(old, 'polyswarmd', 'ledger-side.sqlite'), bounties)
    multiplyJournal(join(old, 'journals', `${OLD_ENGINE}.sqlite`), bounties)
  }
  return [
    { past: BASE, ...(await run(young, artifacts, ENGINES + 1, measured)) },
    { past: bounties, ...(await run(old, artifacts, ENGINES + 1, measured)) },
  ]
}

/** A service that people ask is bound to where its files are: in a copy it begins anew. */
function copyMarket(from: string, to: string): void {
  cpSync(from, to, { recursive: true })
  for (const part of ['consumer', 'journals/consumer.sqlite']) rmSync(join(to, part), { recursive: true, force: true })
}

/** @param rest blocks that pass at once, when that is measured. */
async function run(data: string, artifacts: string, engines: number, bounties: number, rest = 0) {
  const settings = parseSettings({
    ...{ data, artifacts, port: '0', chainPort: '0', every: '1' },
    ...{ blockTime: BLOCK_TIME, engines: String(engines) },
  })
  const failed = new AbortController()
  const usage = new ProcessUsage(() => processesOf(data))
  const market = await startMarket(settings, {
    ...{ step: () => undefined, changed: () => undefined, reloaded: () => undefined, refused: () => undefined },
    restarted: (name, how) => process.stderr.write(`${name} ${how}\n`),
    failed: (error) => failed.abort(error),
  })
  try {
    const before = usage.look()
    const requests = Object.values(await countRequests(market.file.polyswarmd)).reduce((sum, times) => sum + times, 0)
    const settled = await settle(market, engines, bounties, failed.signal)
    const after = usage.look()
    const chain = createTestClient({ mode: 'anvil', transport: http(market.file.chainRpc, { timeout: 120_000 }) })
    for (let passed = 0; passed < rest; passed += AT_ONCE) await chain.mine({ blocks: AT_ONCE })
    const programs = Object.keys(after).map((name) => [name, costOf(before[name], after[name], settled)] as const)
    return { programs: Object.fromEntries(programs), requestsUntilReady: requests }
  } finally {
    usage.stop()
    await market.stop()
  }
}

/** Lets the market settle so many bounties. */
async function settle(market: RunningMarket, engines: number, bounties: number, failed: AbortSignal): Promise<number> {
  const stop = new AbortController()
  const url = new URL(market.file.polyswarmd)
  const stream = new EventStream({ url, chain: 'side', since: 'latest', logger: pino({ level: 'silent' }) })
  const count = new BountyCount(engines)
  market.open()
  for await (const event of stream.events(AbortSignal.any([stop.signal, failed]))) {
    count.take(event)
    if (event.event === 'block') market.followed(event.data.number)
    if (event.event === 'block' && count.over >= bounties) stop.abort()
  }
  failed.throwIfAborted()
  return count.over
}

function costOf(before: Usage | undefined, after: Usage | undefined, settled: number): ProgramCost {
  const ready = (before?.cpu ?? 0) * 1_000
  return {
    ready: Math.round(ready),
    perBounty: Math.round(((after?.cpu ?? 0) * 1_000 - ready) / settled),
    memory: Math.round(after?.memory ?? 0),
  }
}

function processesOf(data: string): Record<string, number> {
  try {
    const { programs } = JSON.parse(readFileSync(join(data, 'processes.json'), 'utf8')) as {
      programs: Record<string, { pid: number }>
    }
    return Object.fromEntries(Object.entries(programs).map(([name, { pid }]) => [name, pid]))
  } catch {
    return {}
  }
}
