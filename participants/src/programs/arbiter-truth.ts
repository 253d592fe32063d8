import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import { database } from '../arbiter/sources/database.js'
import { TruthDatabase } from '../arbiter/truth-database.js'
import { TRUTH_FORMATS, type TruthFormat, writeTruths } from '../arbiter/truth-files.js'
import { importTruths } from '../arbiter/truth-import.js'
import { InvalidOptionError } from '../errors.js'
import { addDefinedOption } from './defined-options.js'
import { option } from './participant-options.js'
import type { Subcommand } from './program.js'

interface TruthFlags {
  truthDb: string
  malicious?: string
  benign?: string
  urlList?: string
  replace: boolean
  format: TruthFormat
}

const ACTIONS = ['import', 'export', 'find'] as const

/** `arbiter truth`: what is in the truth database. An arbiter that runs knows at once what is added. */
export function truthCommand(): Subcommand {
  const command = new Command('truth')
    .description('The truth database: adds to it, writes out what is in it, or looks a file up.')
    .argument('<action>', ACTIONS.join(', '))
    .argument('[what...]', 'import: .csv and .json files with sha256 and truth; find: the SHA-256 of files')
  for (const made of database.options) addDefinedOption(command, made)
  command
    .addOption(option('--malicious <directory>', 'import: files that do harm', 'POLYSWARM_MALICIOUS'))
    .addOption(option('--benign <directory>', 'import: files that do none', 'POLYSWARM_BENIGN'))
    .addOption(option('--url-list <file>', 'import: URLs, each with malicious or benign behind it', 'URL_LIST'))
    .addOption(
      option('--replace', 'import: what contradicts the database takes its place', 'ARBITER_REPLACE').default(false),
    )
    .addOption(
      option('--format <format>', 'export: how to write it', 'POLYSWARM_FORMAT').choices(TRUTH_FORMATS).default('csv'),
    )
  return {
    command,
    action: async () => {
      const [action, ...what] = command.args
      const flags = command.opts<TruthFlags>()
      if (action === 'import') await add(flags, what)
      else if (action === 'export') await writeOut(flags)
      else if (action === 'find') find(flags, what)
      else throw new InvalidOptionError({ option: 'action', reason: `choose from ${ACTIONS.join(', ')}` })
    },
  }
}

async function add({ truthDb: output, urlList: urls, ...given }: TruthFlags, files: readonly string[]): Promise<void> {
  const { malicious, benign } = given
  if (files.length === 0 && [malicious, benign, urls].every((named) => named === undefined)) {
    throw new InvalidOptionError({ option: 'what', reason: 'name files, or give --malicious, --benign or --url-list' })
  }
  const { added, changed, known } = await importTruths({ output, files, urls, ...given })
  process.stdout.write(`${output}: ${added} added, ${changed} changed, ${known} known before\n`)
}

async function writeOut({ truthDb, format }: TruthFlags): Promise<void> {
  const open = TruthDatabase.open(truthDb)
  try {
    await pipeline(Readable.from(writeTruths(open.all(), format)), process.stdout, { end: false })
  } finally {
    open.close()
  }
}

function find({ truthDb }: TruthFlags, hashes: readonly string[]): void {
  const open = TruthDatabase.open(truthDb)
  try {
    for (const sha256 of hashes) process.stdout.write(`${sha256},${open.lookUp(sha256) ?? 'unknown'}\n`)
  } finally {
    open.close()
  }
}
