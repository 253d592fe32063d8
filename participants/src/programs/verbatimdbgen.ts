import { Command } from 'commander'
import { buildTruthDatabase } from '../arbiter/truth-database.js'
import { option } from './participant-options.js'
import { runProgram } from './program.js'

interface Flags {
  malicious: string
  benign: string
  output: string
}

const command = new Command('verbatimdbgen')
  .description('Adds the files of two directories to the truth database of a verbatim arbiter.')
  .addOption(option('--malicious <directory>', 'files that do harm', 'MALICIOUS').default('./artifacts/malicious'))
  .addOption(option('--benign <directory>', 'files that do none', 'BENIGN').default('./artifacts/benign'))
  .addOption(option('--output <file>', 'the database', 'OUTPUT').default('./artifacts/truth.db'))

await runProgram(command, async () => {
  const { malicious, benign, output } = command.opts<Flags>()
  const added = await buildTruthDatabase({ malicious, benign, output })
  process.stdout.write(`${output}: ${added.malicious} malicious and ${added.benign} benign files\n`)
})
