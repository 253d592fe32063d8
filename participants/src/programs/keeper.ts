import { Command } from 'commander'
import { KeeperRole } from '../keeper/keeper-role.js'
import { addKeeperOptions, type KeeperFlags, keeperOptionsOf } from './keeper-options.js'
import { addParticipantOptions, type ParticipantFlags } from './participant-options.js'
import { runProgram } from './program.js'
import { runParticipant } from './run-participant.js'

const command = addKeeperOptions(
  addParticipantOptions(
    new Command('keeper').description(
      'Brings reveals and settlements of others onto the chain, many in one transaction.',
    ),
  ),
)

await runProgram(command, async (signal) => {
  const flags = command.opts<ParticipantFlags & KeeperFlags>()
  await runParticipant(() => new KeeperRole(keeperOptionsOf(flags)), flags, signal)
})
