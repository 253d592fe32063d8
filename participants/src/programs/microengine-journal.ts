import { amountText, parseNct, stringifyJson } from '@polyswarm/protocol'
import { Command } from 'commander'
import { InvalidOptionError } from '../errors.js'
import { defaultJournal } from '../runtime/journal/journal-path.js'
import { type JournalLine, readJournal } from '../runtime/journal/journal-report.js'
import { readAccount } from '../runtime/keys/keystore.js'
import { option } from './participant-options.js'
import type { Subcommand } from './program.js'
import { csvTable, textTable } from './text-table.js'

interface JournalFlags {
  journal?: string
  keyfile: string
  chain: 'home' | 'side'
  format: 'table' | 'csv' | 'json'
}

const COLUMNS = [
  'guid',
  'artifact',
  'verdict',
  'bid',
  'truth',
  'state',
  'payout',
  'reason',
] as const satisfies (keyof JournalLine)[]

const AMOUNTS: readonly string[] = ['bid', 'payout']

/** An amount as people read it in the table; CSV and JSON have all its digits. */
function readable(nct: string): string {
  return nct === '' ? '' : amountText(parseNct(nct))
}

/** Shows what a journal holds. */
export function journalCommand(): Subcommand {
  const command = new Command('journal')
    .description('Shows what was asserted, bid, revealed, won and lost, and what is pending. Amounts are NCT.')
    .addOption(option('--journal <file>', 'the journal; that of the account by default', 'JOURNAL'))
    .addOption(option('--keyfile <file>', 'keystore file of the account', 'KEYFILE').default('keyfile'))
    .addOption(option('--chain <chain>', 'whose journal', 'POLYSWARM_CHAIN').choices(['home', 'side']).default('side'))
    .addOption(
      option('--format <format>', 'how to show it', 'POLYSWARM_FORMAT')
        .choices(['table', 'csv', 'json'])
        .default('table'),
    )
  return {
    command,
    action: async () => {
      const { journal, keyfile, chain, format } = command.opts<JournalFlags>()
      const path = journal ?? defaultJournal('microengine', await accountOf(keyfile), chain)
      const { lines, summary } = readJournal(path)
      const rows = lines.map((line) => COLUMNS.map((column) => line[column]))
      if (format === 'json') process.stdout.write(`${stringifyJson({ summary, verdicts: lines }, 2)}\n`)
      else if (format === 'csv') process.stdout.write(csvTable(COLUMNS, rows))
      else {
        const shown = lines.map((line) =>
          COLUMNS.map((column) => (AMOUNTS.includes(column) ? readable(String(line[column])) : line[column])),
        )
        process.stdout.write(textTable(COLUMNS, shown))
        const words = Object.entries(summary).map(
          ([key, value]) => `${typeof value === 'string' ? readable(value) : value} ${key}`,
        )
        process.stdout.write(`\n${words.join(', ')}\n`)
      }
    },
  }
}

export async function accountOf(keyfile: string): Promise<string> {
  const account = await readAccount(keyfile)
  if (account === undefined) {
    throw new InvalidOptionError({
      option: '--journal',
      reason: `${keyfile} does not name its account: give the journal`,
    })
  }
  return account
}
