import { join } from 'node:path'
import { Command } from 'commander'
import { ArbiterRole } from '../arbiter/arbiter-role.js'
import { eicarTruth } from '../arbiter/eicar-truth.js'
import { truthInOrder } from '../arbiter/ordered-truth.js'
import { VerbatimTruth } from '../arbiter/verbatim-truth.js'
import { addParticipantOptions, listOption, option, type ParticipantFlags } from './participant-options.js'
import { runProgram } from './program.js'
import { runParticipant } from './run-participant.js'

interface ArbiterFlags extends ParticipantFlags {
  backend: ('verbatim' | 'eicar')[]
  truthDb: string
}

const directory = process.env.ARTIFACT_DIRECTORY ?? join('docker', 'artifacts')

const command = addParticipantOptions(
  new Command('arbiter').description('Votes what the artifacts of bounties really are, by what it knows of them.'),
)
  .addOption(
    listOption(
      '--backend <name...>',
      'where the truth comes from; of several, from the first that knows',
      'BACKEND',
      ['verbatim'],
      ['verbatim', 'eicar'],
    ),
  )
  .addOption(
    option('--truth-db <file>', 'database of the verbatim backend; see verbatimdbgen', 'TRUTH_DB').default(
      join(directory, 'truth.db'),
    ),
  )

await runProgram(command, async (signal) => {
  const flags = command.opts<ArbiterFlags>()
  const { backend, truthDb, maxArtifactSize, testing: settleCount } = flags
  const makeRole = () => {
    const sources = backend.map((name) => (name === 'eicar' ? eicarTruth() : new VerbatimTruth(truthDb)))
    return new ArbiterRole({ truth: truthInOrder(sources), maxArtifactSize, settleCount })
  }
  await runParticipant(makeRole, flags, signal)
})
