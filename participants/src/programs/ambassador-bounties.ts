import { stringifyJson, visibleText } from '@polyswarm/protocol'
import { Command } from 'commander'
import { type HistoryLine, readHistory } from '../runtime/journal/answer-history.js'
import { defaultJournal } from '../runtime/journal/journal-path.js'
import { accountOf } from './microengine-journal.js'
import { option, wholeNumber } from './participant-options.js'
import type { Subcommand } from './program.js'
import { csvTable, textTable } from './text-table.js'

interface BountiesFlags {
  journal?: string
  keyfile: string
  chain: 'home' | 'side'
  format: 'table' | 'csv' | 'json'
  limit?: number
}

const COLUMNS = [
  'guid',
  'artifact',
  'state',
  'name',
  'sha256',
  'polyscore',
  'low',
  'high',
  'meaning',
  'family',
  'truth',
  'malicious',
  'verdicts',
  'cost',
] as const satisfies (keyof HistoryLine)[]

/** What a table on a terminal has room for. */
const SHOWN = [
  'guid',
  'state',
  'name',
  'polyscore',
  'meaning',
  'family',
  'truth',
] as const satisfies (keyof HistoryLine)[]
const TABLE_LINES = 100

/** Shows what an ambassador has asked, and what was answered. */
export function bountiesCommand(): Subcommand {
  const command = new Command('bounties')
    .description('Shows the bounties of this ambassador and what was answered, the newest first. Costs are NCT.')
    .addOption(option('--journal <file>', 'the journal; that of the account by default', 'JOURNAL'))
    .addOption(option('--keyfile <file>', 'keystore file of the account', 'KEYFILE').default('keyfile'))
    .addOption(option('--chain <chain>', 'whose journal', 'POLYSWARM_CHAIN').choices(['home', 'side']).default('side'))
    .addOption(
      option('--format <format>', 'how to show it; csv and json have all columns', 'POLYSWARM_FORMAT')
        .choices(['table', 'csv', 'json'])
        .default('table'),
    )
    .addOption(
      option('--limit <count>', 'lines at most', 'POLYSWARM_LIMIT')
        .argParser(wholeNumber)
        .default(undefined, `${TABLE_LINES} in a table, else no limit`),
    )
  return {
    command,
    action: async (signal) => {
      const { journal, keyfile, chain, format, limit } = command.opts<BountiesFlags>()
      const path = journal ?? defaultJournal('ambassador', await accountOf(keyfile), chain)
      const lines = readHistory(path, limit ?? (format === 'table' ? TABLE_LINES : Number.MAX_SAFE_INTEGER))
      if (format === 'table') {
        const rows = [...lines].map((line) => SHOWN.map((column) => line[column]))
        process.stdout.write(textTable(SHOWN, rows))
        return
      }
      let separator = ''
      await print(format === 'csv' ? csvTable(COLUMNS, []) : '[')
      for (const line of lines) {
        signal.throwIfAborted()
        if (format === 'csv')
          await print(
            csvTable(
              COLUMNS.map((column) => line[column]),
              [],
            ),
          )
        else await print(`${separator}\n${visibleText(stringifyJson(line))}`)
        separator = ','
      }
      if (format === 'json') await print('\n]\n')
    },
  }
}

/** Waits until it is written: who reads may be slower. */
async function print(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  await promise
}
