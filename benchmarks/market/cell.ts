import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BountySummary } from './bounty-count.ts'
import { type MarketRun, type RunPlan, runMarket } from './market-run.ts'
import { replay } from './replay.ts'
import { isExcused, type Stall } from './stall.ts'

/** One cell of the table: what a market made of what it was offered. */
export interface Cell extends BountySummary {
  artifacts: number
  /** Of the capacity that was measured or given; null where no rate was offered. */
  load: number | null
  offered: { bounties: number; artifactsPerSecond: number | null }
  /** Seconds in which the bounties were posted; where no rate was offered, until the last settlement. */
  seconds: number
  /** Whole bounties, and their artifacts, a second. */
  goodput: { bountiesPerSecond: number; artifactsPerSecond: number }
  /** Parts of what was offered. */
  judgedWhole: number
  answeredShare: number
  /** What was held up in the middle of it. */
  stall: Stall | undefined
  /** Of the reveals lost, those of who was stopped for more than half of the reveal window. */
  lostWhileStopped: number
  transactionsPerBounty: number
  requestsPerBounty: number
  requests: Record<string, number>
  /** Milliseconds of processor time for each artifact that was posted, and the most resident memory in MiB. */
  programs: Record<string, { cpuPerArtifact: number; memory: number }>
  /** The same transactions on a chain with nobody else there. */
  bareChain: { seconds: number; otherOutcomes: number; artifactsPerSecond: number }
}

/** Runs one cell in a market of its own, below a directory that is kept, where one is given. */
export async function runCell(plan: RunPlan, load: number | null, kept?: string): Promise<Cell> {
  if (kept !== undefined) await mkdir(kept, { recursive: true })
  const directory = await mkdtemp(join(kept ?? tmpdir(), 'bench-market-'))
  try {
    const run = await runMarket(directory, plan)
    return cellOf(plan, load, run, await replay(run))
  } finally {
    if (kept === undefined) await rm(directory, { recursive: true, force: true })
  }
}

function cellOf(plan: RunPlan, load: number | null, run: MarketRun, bare: Awaited<ReturnType<typeof replay>>): Cell {
  const { artifacts, bounties, pace, blockTime } = plan
  const { count, usage, blocks } = run
  const { summary } = count
  const { posted, whole, answered } = summary
  const isPaced = 'perSecond' in pace
  const last = (isPaced ? count.lastPostedAt : count.lastAt) ?? 0
  // The first transaction waited up to a block for being mined; one block counts for it.
  const spent = (last - (count.firstAt ?? 0)) / 1000 + blockTime
  const seconds = isPaced ? Math.max(spent, bounties / pace.perSecond) : spent
  const sent = blocks.reduce((sum, block) => sum + block.transactions.length, 0)
  const asked = Object.values(run.requests).reduce((sum, times) => sum + times, 0)
  return {
    artifacts,
    load,
    offered: { bounties, artifactsPerSecond: isPaced ? rounded(pace.perSecond * artifacts) : null },
    ...summary,
    seconds: rounded(seconds),
    goodput: {
      bountiesPerSecond: rounded(whole / seconds),
      artifactsPerSecond: rounded((whole * artifacts) / seconds),
    },
    judgedWhole: rounded(whole / bounties),
    answeredShare: rounded(answered / bounties),
    stall: run.stall,
    lostWhileStopped: count.lost.filter((reveal) => isExcused(reveal, run.stall)).length,
    transactionsPerBounty: rounded(sent / posted),
    requestsPerBounty: rounded(asked / posted),
    requests: run.requests,
    programs: Object.fromEntries(
      Object.entries(usage).map(([name, { cpu, memory }]) => {
        return [name, { cpuPerArtifact: rounded((cpu * 1000) / (posted * artifacts)), memory: Math.round(memory) }]
      }),
    ),
    bareChain: { ...bare, artifactsPerSecond: rounded((whole * artifacts) / bare.seconds) },
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
