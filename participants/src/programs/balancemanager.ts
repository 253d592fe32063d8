import { Command } from 'commander'
import { crossingCommands } from './balance-crossing.js'
import { maintainCommand } from './balance-maintain.js'
import { balanceStakeCommands } from './balance-stake.js'
import { balanceViewCommands } from './balance-view.js'
import { runProgram } from './program.js'

const command = new Command('balancemanager').description(
  'Moves the NCT of an account between the chains of a market and into its stake, and keeps its balance between limits.',
)

await runProgram(command, async () => command.help({ error: true }), [
  ...crossingCommands(),
  ...balanceStakeCommands(),
  maintainCommand(),
  ...balanceViewCommands(),
])
