import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { AmbassadorRole, type BountySource } from '@polyswarm/participants/ambassador'
import {
  addParticipantOptions,
  type ParticipantFlags,
  runParticipant,
  runProgram,
} from '@polyswarm/participants/programs'
import { Command } from 'commander'

const command = addParticipantOptions(new Command('ambassador')).argument('<file...>', 'files to ask about')

/** A bounty for each file. The plan is its path, which the journal keeps: the same path gives the same file after a crash. */
const files: BountySource = {
  name: 'files',
  artifactType: 'file',
  endless: false,
  plan: async () => command.args,
  artifacts: async (path) => [{ name: basename(path), content: await openAsBlob(path) }],
}

await runProgram(command, async (signal) => {
  const makeRole = () =>
    new AmbassadorRole({
      source: files,
      duration: 25,
      count: 0,
      inFlight: 10,
      once: true,
      answered: ({ report }) => {
        process.stdout.write(
          `${report.name}: PolyScore ${report.score?.probability.toFixed(2)}, truth ${report.truth}\n`,
        )
      },
    })
  await runParticipant(makeRole, command.opts<ParticipantFlags>(), signal)
})
