import { Command, Option } from 'commander'
import { parseAmount } from '../account/denomination.js'
import { type MaintainedEnd, Maintainer } from '../balance/maintainer.js'
import { checkPlan } from '../balance/maintenance-step.js'
import { pinnedRelay } from '../runtime/pin-market.js'
import { createLogger } from '../runtime/reports/logger.js'
import { addMoneyOptions, type MoneyFlags, type MoneySession, openWallet, withDesk } from './account-session.js'
import { type AlertFlags, addAlertOptions, checkAlerts, withAlerts } from './alert-options.js'
import { addDenominationOption, type DenominationFlags } from './balance-options.js'
import { option, wholeNumber } from './participant-options.js'
import type { Subcommand } from './program.js'

interface MaintainFlags extends MoneyFlags, DenominationFlags, AlertFlags {
  maximum?: string
  withdrawTarget?: string
  confirmations: number
  testing: number
}

/** `maintain`: keeps the balance on the side chain between limits. */
export function maintainCommand(): Subcommand {
  const command = addMoneyOptions(
    new Command('maintain').description(
      'Keeps the balance on the side chain between limits: deposits when it is below the minimum, withdraws when it is above the maximum.',
    ),
    { log: 'info' },
  )
    .argument('<minimum>', 'below it, NCT is deposited')
    .argument('<refill-amount>', 'how much at a time')
    .addOption(new Option('--maximum <amount>', 'above it, NCT is withdrawn; never without it, or where it is -1'))
    .addOption(new Option('--withdraw-target <amount>', 'what a withdrawal leaves on the side chain'))
    .addOption(
      new Option('--confirmations <blocks>', 'blocks on a transfer before the next may be made')
        .argParser(wholeNumber)
        .default(20),
    )
    .addOption(
      option('--testing <count>', 'stop after so many transfers', 'TESTING').argParser(wholeNumber).default(0, 'never'),
    )
  addAlertOptions(addDenominationOption(command))
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<MaintainFlags>()
      const [minimum = '', refill = ''] = command.processedArgs as string[]
      const limit = (name: string, text: string | undefined) =>
        text === undefined || text === '-1' ? undefined : parseAmount(name, text, flags.denomination)
      const plan = {
        minimum: parseAmount('MINIMUM', minimum, flags.denomination),
        refill: parseAmount('REFILL_AMOUNT', refill, flags.denomination),
        maximum: limit('--maximum', flags.maximum),
        target: limit('--withdraw-target', flags.withdrawTarget),
      }
      checkPlan(plan)
      checkAlerts(flags)
      const wallet = await openWallet(flags)
      const both = { flags, wallet, role: 'balance', mayWait: true } as const
      const logger = createLogger({ level: flags.log, format: flags.logFormat }, process.stdout)
      const endOf = async (session: MoneySession): Promise<MaintainedEnd> => ({
        ...session,
        relay: await pinnedRelay(session, signal),
      })
      await withDesk(
        { ...both, chain: 'home' },
        (home) =>
          withDesk(
            { ...both, chain: 'side' },
            (side) =>
              withAlerts(flags, { account: wallet.address, logger }, async (alerts) => {
                const ends = { home: await endOf(home), side: await endOf(side) }
                const { confirmations, testing } = flags
                const maintainer = new Maintainer({ ...ends, plan, confirmations, logger, alerts })
                logger.info({ account: wallet.address }, 'maintaining the balance')
                await maintainer.run(signal, testing > 0 ? { transfers: testing } : {})
              }),
            signal,
          ),
        signal,
      )
    },
  }
}
