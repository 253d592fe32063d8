import { Command } from 'commander'
import { ParticipantStuckError } from '../errors.js'
import { checkLiveness } from '../runtime/reports/liveness.js'
import { option, wholeNumber } from './participant-options.js'
import { runProgram } from './program.js'

interface LivenessFlags {
  file: string
  loopUpdateThreshold: number
  averageBountyWaitThreshold: number
}

const command = new Command('liveness')
  .description('Says whether a participant that was started with --liveness FILE is alive; status 0 if it is.')
  .addOption(option('--file <file>', 'the file that the participant was given', 'LIVENESS').makeOptionMandatory())
  .addOption(
    option('--loop-update-threshold <seconds>', 'silence after which it counts as dead', 'LOOP_UPDATE_THRESHOLD')
      .argParser(wholeNumber)
      .default(5),
  )
  .addOption(
    option(
      '--average-bounty-wait-threshold <blocks>',
      'wait for a decision after which it counts as stuck',
      'AVERAGE_BOUNTY_WAIT_THRESHOLD',
    )
      .argParser(wholeNumber)
      .default(15),
  )

await runProgram(command, async () => {
  const {
    file,
    loopUpdateThreshold: loopSeconds,
    averageBountyWaitThreshold: waitBlocks,
  } = command.opts<LivenessFlags>()
  const { alive, sentence } = await checkLiveness(file, { loopSeconds, waitBlocks }, Date.now())
  if (!alive) throw new ParticipantStuckError({ sentence })
  process.stdout.write(`${sentence}\n`)
})
