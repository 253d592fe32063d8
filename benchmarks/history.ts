import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newGuid } from '@polyswarm/protocol'
import type { Journal } from '../participants/dist/runtime/journal.js'
import { fillJournal, headOf } from './history/filled-journal.ts'

/** What is asked again and again, and how long one answer takes with few bounties and with many, in milliseconds. */
interface Cost {
  question: string
  few: number
  many: number
}

/** Settled bounties that a market has that has only just begun. */
const FEW = 1_000
const ROUNDS = 7

type Questions = Record<string, () => unknown>

/**
 * What a participant's journal and the daemon's ledger are asked all the time, in a market with 1,000 bounties behind it and in
 * one with a million (`--bounties N`). `--json` prints one JSON document.
 */
export async function historyBenchmark(args: string[]): Promise<void> {
  const many = Number(args[args.indexOf('--bounties') + 1] || 1_000_000)
  const directory = mkdtempSync(join(tmpdir(), 'polyswarm-history-'))
  const costs: Cost[] = []
  const disk: Record<string, number> = {}
  try {
    for (const role of ['microengine', 'ambassador'] as const) {
      const answers = [FEW, many].map((bounties) => {
        const path = join(directory, `${role}-${bounties}.sqlite`)
        const journal = fillJournal(path, role, bounties)
        const times = timesOf(questionsOf(journal, role, headOf(bounties)))
        journal.close()
        disk[role] = Math.round(statSync(path).size / bounties)
        rmSync(path)
        return times
      })
      costs.push(...costsOf(role, answers))
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
  if (args.includes('--json'))
    process.stdout.write(`${JSON.stringify({ bounties: many, costs, bytesPerBounty: disk }, null, 2)}\n`)
  else
    for (const { question, few, many } of costs)
      process.stdout.write(`${question.padEnd(40)} ${few.toFixed(3)} ${many.toFixed(3)}\n`)
}

function questionsOf(journal: Journal, role: 'microengine' | 'ambassador', head: number): Questions {
  const { bounties, lessons, orders, outbox } = journal
  const final = head - 12
  const all: Questions = {
    'what is open': () => bounties.standings(),
    'what is undecided': () => bounties.undecided(head),
    'what was settled': () => bounties.settledCount(),
    'what waits to be mined': () => [outbox.unsettled(final), outbox.highestNonce(final), outbox.delay(head, final)],
    'a re-org of ten blocks': () => journal.forgetAbove(head - 10),
    'one bounty': () => bounties.get(newGuid()),
  }
  if (role === 'ambassador') {
    return {
      ...all,
      'what is to be posted': () => [orders.latestBatch(), orders.inFlight(), orders.waiting(8), orders.prepared()],
      'whether a batch is over': () => orders.progress(1),
    }
  }
  return {
    ...all,
    'what is promised': () => bounties.promised(),
    'what is at risk': () => bounties.atRisk(head * 2_000 - 3_600_000),
    'reveals to come': () => bounties.unrevealed(head, head + 10),
    'what can be learned': () => lessons.unlearned(4),
    'how right each backend was': () => lessons.counts(),
    'what rivals bid': () => lessons.rivalBids(100),
  }
}

/** The median of each question's time, in milliseconds. */
function timesOf(questions: Questions): Map<string, number> {
  return new Map(
    Object.entries(questions).map(([question, ask]) => {
      const times = Array.from({ length: ROUNDS }, () => {
        const start = performance.now()
        ask()
        return performance.now() - start
      })
      return [question, times.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0]
    }),
  )
}

function costsOf(who: string, [few, many]: Map<string, number>[]): Cost[] {
  return [...(few ?? [])].map(([question, time]) => ({
    question: `${who}: ${question}`,
    few: time,
    many: many?.get(question) ?? 0,
  }))
}
