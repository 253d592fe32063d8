import { formatNct } from '@polyswarm/protocol'
import { Command, Option } from 'commander'
import { cross, untilRelayed } from '../balance/crossing.js'
import type { ChainName } from '../client/polyswarmd-client.js'
import { pinnedRelay } from '../runtime/pin-market.js'
import { addMoneyOptions, lookUp, type MoneyFlags, openWallet, withDesk } from './account-session.js'
import { type AmountFlags, addAmount, amountOf, givenAmount } from './balance-options.js'
import type { Subcommand } from './program.js'

type CrossingFlags = MoneyFlags & AmountFlags & { wait?: boolean; dryRun?: boolean }

/** `deposit` and `withdraw`: NCT from the home to the side chain, and back. */
export function crossingCommands(): Subcommand[] {
  return [
    crossingCommand('deposit', 'Sends NCT from the home to the side chain.', 'home', 'side'),
    crossingCommand('withdraw', 'Sends NCT from the side to the home chain.', 'side', 'home'),
  ]
}

function crossingCommand(name: string, description: string, from: ChainName, to: ChainName): Subcommand {
  const command = addAmount(
    addMoneyOptions(new Command(name).description(description)),
    'all that the account has there',
  )
    .addOption(new Option('--wait', `end only when it has arrived on the ${to} chain`))
    .addOption(new Option('--dry-run', 'say what would be sent, and whether it would succeed; sign nothing'))
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<CrossingFlags>()
      const given = givenAmount(command.processedArgs[0] as string | undefined, flags)
      const wallet = await openWallet(flags)
      const target = await lookUp(flags, to, wallet.address)
      try {
        await withDesk(
          { flags, wallet, chain: from, role: 'balance' },
          async (session) => {
            const { client, desk } = session
            const relay = await pinnedRelay(session, signal)
            const amount = await amountOf(given, () => client.balance('nct', signal))
            const fee = await target.relayFees(signal)
            const what = `${name} ${formatNct(amount)} NCT by the relay ${relay}, which keeps ${formatNct(fee)} NCT`
            if (flags.dryRun) {
              await desk.preview({ kind: 'send', to: relay, amount }, signal)
              process.stdout.write(`would ${what}\n`)
              return
            }
            const moved = await cross({ from: { client, desk, relay }, to: { client: target }, amount }, signal)
            const begun = moved.resumed ? ', which an earlier run had begun' : ''
            process.stdout.write(`done${begun}: ${what}, transaction ${moved.hash}\n`)
            if (!flags.wait) return
            await untilRelayed({ client: target }, moved.hash, signal)
            process.stdout.write(`arrived on the ${to} chain\n`)
          },
          signal,
        )
      } finally {
        target.close()
      }
    },
  }
}
