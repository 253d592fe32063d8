import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { newGuid } from '@polyswarm/protocol'
import { Journal } from '../participants/dist/runtime/journal/journal.js'
import { listAssertions, listBounties } from '../polyswarmd/dist/ledger/bounty-list.js'
import { readBounty, readGuids } from '../polyswarmd/dist/ledger/bounty-reader.js'
import type { Ledger } from '../polyswarmd/dist/ledger/ledger.js'
import { endedBounties, namesAfter } from '../polyswarmd/dist/ledger/named-content.js'
import { openMarket } from '../polyswarmd/dist/ledger/open-bounties.js'
import { fillJournal } from './history/filled-journal.ts'
import { fillLedger, openLedger } from './history/filled-ledger.ts'
import { type LivingMarket, livingMarkets } from './history/living-market.ts'
import { multiplyJournal, multiplyLedger } from './history/multiplied-past.ts'
import { partyOf } from './history/parties.ts'

/** What is asked again and again, and the processor time of one answer with few bounties and with many, in milliseconds. */
interface Cost {
  question: string
  few: number
  many: number
}

/** Settled bounties that a market has that has only just begun. */
const FEW = 1_000
/** Bounties that are written one by one; more are copies of these. */
const WRITTEN = 2_000
const ROUNDS = 7

type Questions = Record<string, () => unknown>

/**
 * What a participant's journal and the daemon's ledger are asked all the time, in a market with 1,000 bounties behind it and in
 * one with a million (`--bounties N`); of only one of them with `--only microengine`, `ambassador` or `polyswarmd`. `--json`
 * prints one JSON document.
 *
 * `--only market` runs a dev market instead, with 200 bounties behind it and with `--bounties`, and measures the processor time
 * of each program until it is ready and for each of `--measured` bounties. Its files are kept in `--directory DIR`, where that
 * is given, and found there the next time.
 */
export async function historyBenchmark(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      bounties: { type: 'string', default: '1000000' },
      only: { type: 'string' },
      measured: { type: 'string', default: '100' },
      directory: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const many = Number(values.bounties)
  const directory = mkdtempSync(join(tmpdir(), 'polyswarm-history-'))
  if (values.only === 'market') {
    try {
      const markets = await livingMarkets(resolve(values.directory ?? directory), many, Number(values.measured))
      process.stdout.write(values.json ? `${JSON.stringify(markets, null, 2)}\n` : marketText(markets))
    } finally {
      rmSync(directory, { recursive: true })
    }
    return
  }
  const costs: Cost[] = []
  const disk: Record<string, number> = {}
  const isAsked = (who: string) => values.only === undefined || values.only === who
  try {
    for (const role of (['microengine', 'ambassador'] as const).filter(isAsked)) {
      const answers = [FEW, many].map((bounties) => {
        const path = join(directory, `${role}-${bounties}.sqlite`)
        fillJournal(path, role, Math.min(bounties, WRITTEN)).close()
        if (bounties > WRITTEN) multiplyJournal(path, bounties)
        const journal = Journal.open(path, { account: partyOf(0), role })
        const times = timesOf(questionsOf(journal, role, journal.head))
        journal.close()
        disk[role] = Math.round(statSync(path).size / bounties)
        rmSync(path)
        return times
      })
      costs.push(...costsOf(role, answers))
    }
    if (isAsked('polyswarmd')) {
      const answers = [FEW, many].map((bounties) => {
        const file = join(directory, `ledger-${bounties}.sqlite`)
        fillLedger(file, Math.min(bounties, WRITTEN)).close()
        if (bounties > WRITTEN) multiplyLedger(file, bounties)
        const ledger = openLedger(file)
        const times = timesOf(questionsOfLedger(ledger, file))
        ledger.close()
        disk.polyswarmd = Math.round(statSync(file).size / bounties)
        rmSync(file)
        return times
      })
      costs.push(...costsOf('polyswarmd', answers))
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ bounties: many, costs, bytesPerBounty: disk }, null, 2)}\n`)
    return
  }
  for (const { question, few, many } of costs) {
    process.stdout.write(`${question.padEnd(44)} ${few.toFixed(3).padStart(10)} ${many.toFixed(3).padStart(10)} ms\n`)
  }
  for (const [who, bytes] of Object.entries(disk)) process.stdout.write(`${who}: ${bytes} bytes for a bounty\n`)
}

/** Each program in the market with few bounties behind it and in the one with many. */
function marketText([few, many]: LivingMarket[]): string {
  const cell = (value: number | undefined) => String(value ?? '').padStart(7)
  const rows = Object.entries(many?.programs ?? {}).map(([name, after]) => {
    const before = few?.programs[name]
    const ready = `until ready ${cell(before?.ready)} ${cell(after.ready)} ms`
    const bounty = `a bounty ${cell(before?.perBounty)} ${cell(after.perBounty)} ms`
    return `${name.padEnd(14)} ${ready}  ${bounty}  ${cell(before?.memory)} ${cell(after.memory)} MiB\n`
  })
  const requests = `requests until all are ready: ${few?.requestsUntilReady} and ${many?.requestsUntilReady}\n`
  return `${rows.join('')}${requests}`
}

function questionsOfLedger(ledger: Ledger, file: string): Questions {
  const page = { after: 0, limit: 25 }
  const head = ledger.head?.number ?? 0
  const author = partyOf(91)
  return {
    'the start of a daemon': () => openLedger(file).close(),
    'all that a new participant is told': () => [...openMarket(ledger, null)],
    'the newest entries of the log': () => ledger.entriesAfter(ledger.lastPosition - 25, 25),
    'one bounty': () => readBounty(ledger, newGuid()),
    'the last page of guids': () => readGuids(ledger, Math.max(head - 25, 0), 25),
    'a list of what is in its first window': () => listBounties(ledger, { phase: 'assertion' }, page),
    'the same of one author': () => listBounties(ledger, { phase: 'assertion', author }, page),
    'a list of what is over': () => listBounties(ledger, { phase: 'finished', author }, page),
    'the assertions of an engine': () => listAssertions(ledger, { author: partyOf(0) }, page),
    'what bounties name that are not over': () => namesAfter(ledger, head),
    'bounties to be given up': () => endedBounties(ledger, head - 110, head - 100),
    'sixteen bounties forgotten': () => ledger.forget(head - 500, 16),
    'a re-org of ten blocks': () => ledger.rollback((ledger.head?.number ?? 0) - 10),
  }
}

function questionsOf(journal: Journal, role: 'microengine' | 'ambassador', head: number): Questions {
  const { bounties, findings, plannedBounties, outbox } = journal
  const final = head - 12
  const all: Questions = {
    'what is open': () => bounties.standings(),
    'what is undecided': () => bounties.undecided(head),
    'what was settled': () => bounties.settledCount(),
    'what waits to be mined': () => [outbox.unsettled(final), outbox.highestNonce(final), outbox.delay(head, final)],
    'what was mined, and is not told': () => [outbox.untold(final), outbox.isUntold(newGuid(), 'assert')],
    'a re-org of ten blocks': () => journal.forgetAbove(head - 10),
    'one bounty': () => bounties.get(newGuid()),
  }
  if (role === 'ambassador') {
    return {
      ...all,
      'what is to be posted': () => [
        plannedBounties.latestBatch(),
        plannedBounties.inFlight(),
        plannedBounties.waiting(8),
        plannedBounties.prepared(),
      ],
      'whether a batch is over': () => plannedBounties.progress(1),
    }
  }
  return {
    ...all,
    'what is promised': () => bounties.promised(),
    'what is at risk': () => bounties.atRisk(head * 2_000 - 3_600_000),
    'reveals to come': () => bounties.unrevealed(head, head + 10),
    'what can be learned': () => findings.unlearned(4),
    'how right each backend was': () => findings.counts(),
    'what rivals bid': () => findings.rivalBids(100),
  }
}

/** The median of each question's processor time, in milliseconds: other programs may run as well. */
function timesOf(questions: Questions): Map<string, number> {
  return new Map(
    Object.entries(questions).map(([question, ask]) => {
      const times = Array.from({ length: ROUNDS }, () => {
        const start = process.cpuUsage()
        ask()
        const { user, system } = process.cpuUsage(start)
        return (user + system) / 1_000
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
