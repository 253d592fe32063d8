import { Command } from 'commander'
import { keyCommands } from './account-keys.js'
import { moneyCommands } from './account-money.js'
import { statementCommand } from './account-statement.js'
import { runProgram } from './program.js'

const command = new Command('account').description(
  'Keys and money of an account: keystore files, balances, sending NCT, and a statement of what came and went.',
)

await runProgram(command, async () => command.help({ error: true }), [
  ...keyCommands(),
  ...moneyCommands(),
  statementCommand(),
])
