import { Command } from 'commander'
import { importTruths } from '../arbiter/truth-import.js'
import { option } from './participant-options.js'
import { runProgram } from './program.js'

interface Flags {
  malicious?: string
  benign?: string
  urlList?: string
  output: string
  replace: boolean
}

/** What is looked at where nothing else is named. */
const STANDARD = { malicious: './artifacts/malicious', benign: './artifacts/benign' }

const command = new Command('verbatimdbgen')
  .description('Adds the files of two directories, or a list of URLs, to the truth database of a verbatim arbiter.')
  .addOption(
    option('--malicious <directory>', 'files that do harm', 'POLYSWARM_MALICIOUS').default(
      undefined,
      STANDARD.malicious,
    ),
  )
  .addOption(
    option('--benign <directory>', 'files that do none', 'POLYSWARM_BENIGN').default(undefined, STANDARD.benign),
  )
  .addOption(option('--url-list <file>', 'URLs, each with malicious or benign behind it', 'URL_LIST'))
  .addOption(option('--replace', 'what contradicts the database takes its place', 'POLYSWARM_REPLACE').default(false))
  .addOption(option('--output <file>', 'the database', 'POLYSWARM_OUTPUT').default('./artifacts/truth.db'))

await runProgram(command, async () => {
  const { urlList, output, replace, ...given } = command.opts<Flags>()
  const directories = urlList === undefined ? { ...STANDARD, ...given } : given
  const added = await importTruths({ ...directories, urls: urlList, output, replace })
  process.stdout.write(`${output}: ${added.malicious} malicious and ${added.benign} benign artifacts\n`)
})
