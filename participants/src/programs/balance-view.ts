import { Argument, Command } from 'commander'
import { formatAmount } from '../account/denomination.js'
import type { ChainName } from '../client/polyswarmd-client.js'
import { addGatewayOptions, type GatewayFlags, lookUp } from './account-session.js'
import { addDenominationOption, type DenominationFlags } from './balance-options.js'
import type { Subcommand } from './program.js'

/** `view-balance` and `view-stake`: what the account has on a chain. */
export function balanceViewCommands(): Subcommand[] {
  return [
    viewCommand('view-balance', 'Shows what the account has on a chain.', 'nct'),
    viewCommand('view-stake', "Shows the account's stake on a chain.", 'staking/total'),
  ]
}

function viewCommand(name: string, description: string, kind: 'nct' | 'staking/total'): Subcommand {
  const command = addDenominationOption(addGatewayOptions(new Command(name).description(description))).addArgument(
    new Argument('<chain>', 'which chain').choices(['side', 'home']),
  )
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<GatewayFlags & DenominationFlags>()
      const client = await lookUp(flags, command.processedArgs[0] as ChainName)
      const units = await client.balance(kind, signal).finally(() => client.close())
      process.stdout.write(`${formatAmount(units, flags.denomination)} ${flags.denomination}\n`)
    },
  }
}
