import { Command } from 'commander'
import { AmbassadorRole } from '../../participants/dist/ambassador/ambassador-role.js'
import { directorySource } from '../../participants/dist/ambassador/directory-source.js'
import { addParticipantOptions, type ParticipantFlags } from '../../participants/dist/programs/participant-options.js'
import { runProgram } from '../../participants/dist/programs/program.js'
import { runParticipant } from '../../participants/dist/programs/run-participant.js'
import { offeredSource } from './offered-source.ts'

interface OfferFlags extends ParticipantFlags {
  directory: string
  artifactsPerBounty: string
  perSecond: string
  count: string
  duration: string
}

/** More than are ever open: what is offered does not wait for what was offered before. */
const NO_LIMIT = 1_000_000

// The shipped ambassador, but that it posts at a rate, and not as fast as others settle.
const command = addParticipantOptions(new Command('ambassador'))
  .requiredOption('--directory <directory>')
  .requiredOption('--artifacts-per-bounty <count>')
  .requiredOption('--per-second <bounties>')
  .requiredOption('--count <bounties>')
  .requiredOption('--duration <blocks>')

await runProgram(command, async (signal) => {
  const flags = command.opts<OfferFlags>()
  const source = directorySource(flags.directory, { perBounty: Number(flags.artifactsPerBounty) })
  const makeRole = () =>
    new AmbassadorRole({
      source: offeredSource(source, Number(flags.perSecond)),
      duration: Number(flags.duration),
      inFlight: NO_LIMIT,
      count: Number(flags.count),
      once: false,
    })
  await runParticipant(makeRole, flags, signal)
})
