import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { type MarketFile, parseSettings, startMarket } from '@polyswarm/devnet'
import { EventStream } from '@polyswarm/participants'
import { parseNct } from '@polyswarm/protocol'
import { pino } from 'pino'
import { createPublicClient, createTestClient, http } from 'viem'
import { type RecordedBlock, recordBlocks } from './market/recorded-blocks.ts'
import { replay } from './market/replay.ts'
import { SettlementCount } from './market/settlement-count.ts'

const ENGINES = 5
const STANDARD = { bounties: 300, inFlight: 150, blockTime: 0.5 }
/** Seconds without a settlement after which a run is given up. */
const PATIENCE = 45

/**
 * Whole bounties per second: a dev market as `npm start` runs it, with five engines, in which bounties are posted as fast as
 * their ambassador can, as long as fewer than `--in-flight` of them are open. Then the same signed transactions, block by
 * block in the same order, go into a fresh chain of the same state, as fast as the node takes them, with nobody else there.
 * Arguments: `--json`, `--bounties N`, `--block-time SECONDS`, `--in-flight N`, `--exact-approvals`.
 */
export async function marketBenchmark(args: string[]): Promise<void> {
  const number = (name: string, standard: number) => {
    const at = args.indexOf(name)
    return at < 0 ? standard : Number(args[at + 1])
  }
  const bounties = number('--bounties', STANDARD.bounties)
  const blockTime = number('--block-time', STANDARD.blockTime)
  const inFlight = number('--in-flight', STANDARD.inFlight)
  const exactApprovals = args.includes('--exact-approvals')
  const directory = await mkdtemp(join(tmpdir(), 'bench-market-'))
  try {
    const market = await runMarket(directory, { bounties, blockTime, inFlight, exactApprovals })
    const bare = await replay(market)
    const rate = (seconds: number) => Math.round((market.settled / seconds) * 100) / 100
    const transactions = market.blocks.reduce((sum, block) => sum + block.transactions.length, 0)
    const result = {
      bounties,
      settled: market.settled,
      missing: market.missing,
      engines: ENGINES,
      blockTime,
      blocks: market.blocks.length,
      transactions,
      market: { seconds: market.seconds, bountiesPerSecond: rate(market.seconds) },
      bareChain: { ...bare, bountiesPerSecond: rate(bare.seconds) },
      ratio: Math.round((bare.seconds / market.seconds) * 1000) / 1000,
    }
    process.stdout.write(`${JSON.stringify(result, undefined, args.includes('--json') ? undefined : 2)}\n`)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A run of the market, and what is needed to play it again. */
export interface MarketRun {
  file: MarketFile
  /** State of the chain before the first bounty. */
  state: string
  blocks: RecordedBlock[]
  settled: number
  /** What the bounties that were posted lack; all 0 where all are whole. */
  missing: SettlementCount['missing']
  /** From the first bounty's posting being sent to the last settlement being mined. */
  seconds: number
}

interface MarketPlan {
  bounties: number
  /** Seconds. */
  blockTime: number
  inFlight: number
  /** Whether each action has an approval of its own, as where no allowance is given. */
  exactApprovals: boolean
}

async function runMarket(
  directory: string,
  { bounties, blockTime, inFlight, exactApprovals }: MarketPlan,
): Promise<MarketRun> {
  const artifacts = join(directory, 'artifacts')
  await mkdir(artifacts)
  for (let i = 0; i < bounties; i++) await writeFile(join(artifacts, `note-${i}.txt`), `note number ${i}\n`)
  // What a user would set to have one file in each bounty, and many of them at once.
  Object.assign(process.env, {
    ARTIFACTS_PER_BOUNTY: '1',
    MAX_BOUNTIES_IN_FLIGHT: String(inFlight),
    // One transaction an action by a standing approval, or two.
    ...(exactApprovals ? {} : { ALLOWANCE: parseNct('100000').toString() }),
  })
  const data = join(directory, 'data')
  const settings = parseSettings({
    data,
    artifacts,
    port: '0',
    chainPort: '0',
    blockTime: String(blockTime),
    engines: String(ENGINES),
  })
  const failed = new AbortController()
  const market = await startMarket(settings, {
    step: () => undefined,
    changed: () => undefined,
    reloaded: () => undefined,
    refused: () => undefined,
    restarted: (name, how) => process.stderr.write(`${name} was ${how}\n`),
    failed: (error) => failed.abort(error),
  })
  try {
    const state = join(directory, 'state.json')
    const dump = await createTestClient({ mode: 'anvil', transport: http(market.file.chainRpc) }).dumpState()
    await writeFile(state, gunzipSync(Buffer.from(dump.slice(2), 'hex')))
    const count = new SettlementCount(ENGINES)
    const stop = new AbortController()
    const stream = new EventStream({
      url: new URL(market.file.polyswarmd),
      chain: 'side',
      since: '0',
      logger: pino({ level: 'silent' }),
    })
    const listening = (async () => {
      for await (const event of stream.events(stop.signal)) count.take(event)
    })()
    const start = performance.now()
    const chain = createPublicClient({ transport: http(market.file.chainRpc), cacheTime: 0 })
    const before = Number(await chain.getBlockNumber())
    await market.open()
    for (let quiet = 0, known = -1; count.complete < bounties && quiet < PATIENCE; quiet++) {
      failed.signal.throwIfAborted()
      await delay(1_000)
      if (count.settlements !== known) quiet = 0
      known = count.settlements
    }
    stop.abort()
    await listening.catch(() => undefined)
    const end = count.lastAt ?? performance.now()
    // The first approvals may be mined in front of the first bounty.
    const all = await recordBlocks(market.file.chainRpc, before + 1, count.lastBlock)
    const blocks = all.slice(all.findIndex(({ transactions }) => transactions.length > 0))
    const first = count.firstAt ?? start
    return {
      file: market.file,
      state,
      blocks,
      settled: count.complete,
      missing: count.missing,
      // The first transaction waited up to a block for being mined; one block counts for it.
      seconds: Math.round(end - first + blockTime * 1000) / 1000,
    }
  } finally {
    await market.stop()
  }
}
