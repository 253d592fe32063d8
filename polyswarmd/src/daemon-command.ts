import { Command } from 'commander'
import { keyCommand } from './access/key-command.js'
import { configCommand } from './config-command.js'
import { deployCommand } from './deploy/deploy-command.js'
import { marketCommand } from './governance/market-command.js'
import { relayCommand } from './relay/relay-command.js'
import { settingOptions } from './settings.js'

/** The command line of polyswarmd: its settings and its commands. What it does without a command is for the program to say. */
export function daemonCommand(): Command {
  const command = new Command('polyswarmd')
    .description('The daemon between a PolySwarm market and its participants: REST, events, artifacts')
    .enablePositionalOptions()
    .addCommand(deployCommand())
    .addCommand(marketCommand())
    .addCommand(relayCommand())
    .addCommand(keyCommand())
    .addCommand(configCommand())
  for (const option of settingOptions()) command.addOption(option)
  return command
}
