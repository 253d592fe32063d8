import { formatNct } from '@polyswarm/protocol'
import { Command } from 'commander'
import { moveText } from '../account/money-desk.js'
import type { ChainName, PolyswarmdClient } from '../client/polyswarmd-client.js'
import { MoneyMoveError } from '../errors.js'
import { addMoneyOptions, chainOption, type MoneyFlags, openWallet, withDesk } from './account-session.js'
import { type AmountFlags, addAmount, amountOf, givenAmount } from './balance-options.js'
import type { Subcommand } from './program.js'

type StakeFlags = MoneyFlags & AmountFlags & { chain: ChainName }

/** `deposit-stake` and `withdraw-stake`: NCT into an arbiter's stake, and back. */
export function balanceStakeCommands(): Subcommand[] {
  return [
    stakeCommand('deposit-stake', 'Locks NCT as a stake.', 'all that the account has', {
      kind: 'stake',
      whole: (client, signal) => client.balance('nct', signal),
      check: async (client, amount, signal) => {
        const [{ minimum_stake: least, maximum_stake: most }, locked] = await Promise.all([
          client.stakingParameters(signal),
          client.balance('staking/total', signal),
        ])
        const stake = locked + amount
        if (stake >= BigInt(least) && stake <= BigInt(most)) return
        const range = `from ${formatNct(BigInt(least))} to ${formatNct(BigInt(most))} NCT`
        const reason = `the stake would be ${formatNct(stake)} NCT, and has to be ${range}`
        throw new MoneyMoveError({ move: moveText({ kind: 'stake', amount }), reason })
      },
    }),
    stakeCommand('withdraw-stake', 'Takes a stake back, as far as it is not locked.', 'all that is not locked', {
      kind: 'withdraw-stake',
      whole: (client, signal) => client.balance('staking/withdrawable', signal),
      check: async (client, amount, signal) => {
        const free = await client.balance('staking/withdrawable', signal)
        if (amount <= free) return
        const reason = `of the stake ${formatNct(free)} NCT can be taken back now`
        throw new MoneyMoveError({ move: moveText({ kind: 'withdraw-stake', amount }), reason })
      },
    }),
  ]
}

interface StakeMove {
  kind: 'stake' | 'withdraw-stake'
  whole: (client: PolyswarmdClient, signal: AbortSignal) => Promise<bigint>
  /** @throws MoneyMoveError where it cannot be. */
  check: (client: PolyswarmdClient, amount: bigint, signal: AbortSignal) => Promise<void>
}

function stakeCommand(name: string, description: string, all: string, { kind, whole, check }: StakeMove): Subcommand {
  const command = addAmount(addMoneyOptions(new Command(name).description(description)), all).addOption(chainOption())
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<StakeFlags>()
      const given = givenAmount(command.processedArgs[0] as string | undefined, flags)
      const wallet = await openWallet(flags)
      await withDesk(
        { flags, wallet, chain: flags.chain, role: 'balance' },
        async ({ client, desk }) => {
          const amount = await amountOf(given, () => whole(client, signal))
          const move = { kind, amount }
          // What an earlier run has begun may be what the limits speak of.
          const earlier = await desk.resume(move, signal)
          if (!earlier) await check(client, amount, signal)
          const { hash, resumed } = earlier ?? (await desk.carryOut(move, signal))
          const begun = resumed ? ', which an earlier run had begun' : ''
          process.stdout.write(`done${begun}: ${moveText(move)}, transaction ${hash}\n`)
        },
        signal,
      )
    },
  }
}
