import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { stringifyJson, visibleText } from '@polyswarm/protocol'
import { Command } from 'commander'
import { type ArbiterCase, CaseBook, type CaseClock } from '../arbiter/cases/case-book.js'
import { CaseUnknownError, InvalidOptionError } from '../errors.js'
import { addCaseBookOption } from './arbiter-options.js'
import { accountOf } from './microengine-journal.js'
import { option, wholeNumber } from './participant-options.js'
import type { Subcommand } from './program.js'
import { csvTable, textTable } from './text-table.js'

/** What tells where a case book is. */
export interface CaseBookFlags {
  cases?: string
  journal?: string
  keyfile: string
}

interface QueueFlags extends CaseBookFlags {
  format: 'table' | 'csv' | 'json'
  limit: number
  late?: true
}

interface DecideFlags extends CaseBookFlags {
  who?: string
  why?: string
}

const COLUMNS = ['case', 'chain', 'guid', 'artifact', 'too late in', 'format', 'bytes', 'sha256'] as const

/** Where the case book of an arbiter is: one for all its chains. */
export function caseBookPath({ cases, journal }: Pick<CaseBookFlags, 'cases' | 'journal'>, account: string): string {
  if (cases !== undefined) return cases
  if (journal !== undefined) return `${journal.replace(/\.sqlite$/, '')}.cases.sqlite`
  const state = process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state')
  return join(state, 'polyswarm', `arbiter-${account.toLowerCase()}.cases.sqlite`)
}

/** Opens the case book that flags name. @throws CaseBookError where there is none. */
async function openCaseBook(flags: CaseBookFlags): Promise<CaseBook> {
  const isNamed = flags.cases !== undefined || flags.journal !== undefined
  const account = isNamed ? '' : await accountOf(flags.keyfile)
  return CaseBook.open(caseBookPath(flags, account), { mustExist: true })
}

/** Adds the flags that {@link openCaseBook} takes. */
export function addCaseBookFlags(command: Command): Command {
  return addCaseBookOption(command)
    .addOption(option('--journal <file>', 'the journal of the arbiter; that of the account by default', 'JOURNAL'))
    .addOption(option('--keyfile <file>', 'keystore file of the account', 'KEYFILE').default('keyfile'))
}

/** `arbiter queue`: what waits for a person. */
export function queueCommand(): Subcommand {
  const command = addCaseBookFlags(
    new Command('queue').description('Shows what waits for a person, that which is too late first comes first.'),
  )
    .addOption(
      option('--format <format>', 'how to show it', 'POLYSWARM_FORMAT')
        .choices(['table', 'csv', 'json'])
        .default('table'),
    )
    .addOption(option('--limit <count>', 'cases at most', 'POLYSWARM_LIMIT').argParser(wholeNumber).default(100))
    .addOption(
      option('--late', 'show what came too late as well, where its file still waits for a decision', 'ARBITER_LATE'),
    )
  return {
    command,
    action: async () => {
      const flags = command.opts<QueueFlags>()
      await withBook(flags, (book) => {
        const open = book.list({ limit: flags.limit })
        const cases = flags.late ? [...open, ...book.missed(flags.limit)].slice(0, flags.limit) : open
        const rows = cases.map((one) => [
          ...[String(one.id), one.chain, one.guid, String(one.artifact)],
          one.state === 'open' ? timeLeft(one, book.clock(one.chain)) : 'is too late',
          ...[one.evidence.format, String(one.evidence.size), one.sha256],
        ])
        if (flags.format === 'json') process.stdout.write(`${stringifyJson(cases, 2)}\n`)
        else if (flags.format === 'csv') process.stdout.write(csvTable(COLUMNS, rows))
        else process.stdout.write(cases.length === 0 ? 'Nothing waits for a person.\n' : textTable(COLUMNS, rows))
      })
    },
  }
}

/** `arbiter show`: one case, with the evidence. */
export function showCommand(): Subcommand {
  const command = addCaseBookFlags(
    new Command('show')
      .description('Shows a case with its evidence, and what was decided about its file before.')
      .argument('<case>', 'its number'),
  ).addOption(
    option('--format <format>', 'how to show it', 'POLYSWARM_FORMAT').choices(['text', 'json']).default('text'),
  )
  return {
    command,
    action: async () => {
      const flags = command.opts<CaseBookFlags & { format: 'text' | 'json' }>()
      await withBook(flags, (book) => {
        const one = book.get(caseNumber(command.args[0] ?? ''))
        const decisions = book.decisions({ sha256: one.sha256, limit: 100 })
        if (flags.format === 'json') process.stdout.write(`${stringifyJson({ ...one, decisions }, 2)}\n`)
        else process.stdout.write(caseText(one, book.clock(one.chain), decisions))
      })
    },
  }
}

/** `arbiter decide`: what a person says a file is. */
export function decideCommand(): Subcommand {
  const command = addCaseBookFlags(
    new Command('decide')
      .description('Decides what a file is: in all cases that are open, and in bounties to come.')
      .argument('<case>', 'number of a case, or the SHA-256 of a file')
      .argument('<verdict>', 'malicious or benign'),
  )
    .addOption(option('--why <text>', 'what that rests on; it is kept', 'ARBITER_WHY'))
    .addOption(option('--who <name>', 'who decides', 'ARBITER_WHO').default(userName()))
  return {
    command,
    action: async () => {
      const [what = '', verdict = ''] = command.args
      const { who, why, ...flags } = command.opts<DecideFlags>()
      if (who === undefined) throw new InvalidOptionError({ option: '--who', reason: 'say who decides' })
      if (why === undefined) throw new InvalidOptionError({ option: '--why', reason: 'say what the decision rests on' })
      await withBook(flags, (book) => {
        const isFile = /^[0-9a-f]{64}$/i.test(what)
        const one = isFile ? undefined : book.get(caseNumber(what))
        const sha256 = one?.sha256 ?? what.toLowerCase()
        const closed = book.decide({ sha256, verdict: verdict as never, who, why }, Date.now())
        const late = one && one.state !== 'open' ? ` Case ${one.id} was closed before (${one.state}).` : ''
        process.stdout.write(
          `${sha256} is ${verdict}: ${closed} open ${closed === 1 ? 'case' : 'cases'} decided.${late}\n`,
        )
      })
    },
  }
}

/** Who runs this program; nobody where the system does not know, as in some containers. */
function userName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

function caseNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new CaseUnknownError({ id: text })
  return Number(text)
}

async function withBook(flags: CaseBookFlags, work: (book: CaseBook) => void): Promise<void> {
  const book = await openCaseBook(flags)
  try {
    work(book)
  } finally {
    book.close()
  }
}

/** How long there is to decide, as far as that is known. */
function timeLeft({ closesHead }: Pick<ArbiterCase, 'closesHead'>, clock: CaseClock | undefined): string {
  if (!clock) return `at block ${closesHead}`
  const blocks = Math.max(closesHead - clock.head, 0)
  const minutes = clock.blockTime === null ? undefined : Math.floor((blocks * clock.blockTime) / 60_000)
  return `${blocks} blocks${minutes === undefined ? '' : ` (${Math.floor(minutes / 60)} h ${minutes % 60} min)`}`
}

function caseText(
  one: ArbiterCase,
  clock: CaseClock | undefined,
  decisions: ReturnType<CaseBook['decisions']>,
): string {
  const { evidence } = one
  const lines = [
    ['case', `${one.id}, ${one.state}`],
    ['bounty', `${one.guid} on ${one.chain}, artifact ${one.artifact}`],
    ['sha256', one.sha256],
    ['artifact', `${evidence.artifactType}, ${evidence.size} bytes, ${evidence.format}`],
    ['fetch it from', `polyswarmd at /artifacts/${evidence.uri}/${one.artifact}`],
    ...(one.state === 'open' ? [['too late', `at block ${one.closesHead}: in ${timeLeft(one, clock)}`]] : []),
    ['the ambassador says', evidence.metadata],
    ...evidence.sources.map(({ source, verdict, reason }) => [
      source,
      `${verdict ?? 'does not know'} ${reason}`.trim(),
    ]),
    ...decisions.map(({ verdict, who, why, at }) => [
      'decided',
      `${verdict} by ${who} on ${new Date(at).toISOString()}: ${why}`,
    ]),
  ]
  return lines.map(([name = '', text = '']) => `${name.padEnd(20)} ${visibleText(text)}\n`).join('')
}
