import { formatNct, stringifyJson } from '@polyswarm/protocol'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Address } from 'viem'
import { parseAmount } from '../account/denomination.js'
import { askFaucet } from '../account/faucet-client.js'
import { type MoneyMove, moveText } from '../account/money-desk.js'
import type { ChainName } from '../client/polyswarmd-client.js'
import { readAccount } from '../runtime/keys/keystore.js'
import type { MarketPin } from '../runtime/market/market.js'
import {
  addGatewayOptions,
  addMoneyOptions,
  addressArgument,
  chainOption,
  type GatewayFlags,
  keyfileOption,
  lookUp,
  type MoneyFlags,
  openWallet,
  withDesk,
} from './account-session.js'
import { option } from './participant-options.js'
import type { Subcommand } from './program.js'

type MoveFlags = MoneyFlags & { chain: ChainName; dryRun?: boolean }

/** The subcommands that look at an account's money and move it. */
export function moneyCommands(): Subcommand[] {
  return [
    showCommand(),
    sendCommand(),
    mintCommand(),
    allowanceCommand(),
    stakeCommand(),
    unstakeCommand(),
    fundCommand(),
  ]
}

function showCommand(): Subcommand {
  const command = addGatewayOptions(
    new Command('show').description("Shows what an account has: that of the keyfile, or any other's."),
  )
    .argument('[address]', 'the account', addressArgument)
    .addOption(chainOption())
    .addOption(new Option('--format <format>', 'how to show it').choices(['table', 'json']).default('table'))
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<GatewayFlags & { chain: ChainName; format: 'table' | 'json' }>()
      const client = await lookUp(flags, flags.chain, command.processedArgs[0] as Address | undefined)
      const [nct, eth, staked, withdrawable] = await Promise.all([
        client.balance('nct', signal),
        client.balance('eth', signal),
        client.balance('staking/total', signal),
        client.balance('staking/withdrawable', signal),
      ]).finally(() => client.close())
      if (flags.format === 'json') {
        const units = { nct, staked, withdrawable, eth }
        const texts = Object.fromEntries(Object.entries(units).map(([name, value]) => [name, value.toString()]))
        process.stdout.write(`${stringifyJson({ account: client.account, chain: flags.chain, ...texts }, 2)}\n`)
        return
      }
      process.stdout.write(
        [
          `account  ${client.account}`,
          `balance  ${formatNct(nct)} NCT`,
          `staked   ${formatNct(staked)} NCT, of which ${formatNct(withdrawable)} can be taken back now`,
          `for gas  ${formatNct(eth)} of the chain's coin`,
          '',
        ].join('\n'),
      )
    },
  }
}

function sendCommand(): Subcommand {
  const command = moveCommand('send', 'Sends NCT of the account to another.')
    .argument('<amount>', 'in NCT, with up to 18 decimal places', amountArgument)
    .argument('<to>', 'who gets it', addressArgument)
  return moveOf(command, (_market, [amount, to]) => ({
    kind: 'send',
    to: to as Address,
    amount: amount as bigint,
  }))
}

function mintCommand(): Subcommand {
  const command = moveCommand('mint', 'Makes new NCT; for the minters of a market, of whom its deployer is the first.')
    .argument('<amount>', 'in NCT, with up to 18 decimal places', amountArgument)
    .argument('<to>', 'who gets it', addressArgument)
  return moveOf(command, (_market, [amount, to]) => ({
    kind: 'mint',
    to: to as Address,
    amount: amount as bigint,
  }))
}

function allowanceCommand(): Subcommand {
  const command = moveCommand(
    'allowance',
    'Sets how much a contract of the market may take of the account without asking again; 0 takes it back.',
  )
    .argument('<amount>', 'in NCT, with up to 18 decimal places', (text) =>
      /^0+$/.test(text) ? 0n : amountArgument(text),
    )
    .addOption(
      new Option('--spender <contract>', 'who may take it: registry, staking, or an address')
        .argParser(spender)
        .default('registry'),
    )
  return moveOf(command, (market, [amount]) => {
    const { spender: who } = command.opts<{ spender: string }>()
    const contracts: Record<string, Address> = { registry: market.bountyRegistry, staking: market.arbiterStaking }
    return {
      kind: 'allow',
      spender: contracts[who] ?? (who as Address),
      amount: amount as bigint,
    }
  })
}

function stakeCommand(): Subcommand {
  const command = moveCommand('stake', "Locks NCT as an arbiter's stake.").argument(
    '<amount>',
    'in NCT, with up to 18 decimal places',
    amountArgument,
  )
  return moveOf(command, (_market, [amount]) => ({ kind: 'stake', amount: amount as bigint }))
}

function unstakeCommand(): Subcommand {
  const command = moveCommand('unstake', "Takes an arbiter's stake back, as far as it is no longer locked.").argument(
    '<amount>',
    'in NCT, with up to 18 decimal places; show tells how much can be taken',
    amountArgument,
  )
  return moveOf(command, (_market, [amount]) => ({
    kind: 'withdraw-stake',
    amount: amount as bigint,
  }))
}

function fundCommand(): Subcommand {
  const command = new Command('fund')
    .description('Has the faucet of a development market give the account NCT, and coin for gas.')
    .argument('[address]', 'the account; that of the keyfile where none is named', addressArgument)
    .addOption(option('--faucet <url>', 'the faucet, which npm start names', 'POLYSWARM_FAUCET'))
    .addOption(option('--market <file>', 'or the market.json that names it', 'POLYSWARM_MARKET'))
    .addOption(option('--amount <nct>', 'how much, in NCT; 100000 where nothing is said', 'FAUCET_AMOUNT'))
    .addOption(keyfileOption())
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<{ faucet?: string; market?: string; amount?: string; keyfile: string }>()
      const account = (command.processedArgs[0] as Address | undefined) ?? (await readAccount(flags.keyfile))
      const { amount, transaction } = await askFaucet({ ...flags, account }, signal)
      process.stdout.write(`${account} got ${formatNct(amount)} NCT, transaction ${transaction}\n`)
    },
  }
}

function moveCommand(name: string, description: string): Command {
  return addMoneyOptions(new Command(name).description(description))
    .addOption(chainOption())
    .addOption(new Option('--dry-run', 'show the transactions, and whether they would succeed; sign nothing'))
}

function moveOf(command: Command, makeMove: (market: MarketPin, given: unknown[]) => MoneyMove): Subcommand {
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<MoveFlags>()
      const wallet = await openWallet(flags)
      await withDesk(
        { flags, wallet, chain: flags.chain },
        async ({ desk, market }) => {
          const move = makeMove(market, command.processedArgs)
          if (!flags.dryRun) {
            const { hash, resumed } = await desk.carryOut(move, signal)
            const begun = resumed ? ', which an earlier run had begun' : ''
            process.stdout.write(`done${begun}: ${moveText(move)}, transaction ${hash}\n`)
            return
          }
          process.stdout.write(`would ${moveText(move)}:\n`)
          for (const { to, data, gas } of await desk.preview(move, signal)) {
            process.stdout.write(`  to ${to} data ${data} gas ${gas ?? 'unknown'}\n`)
          }
        },
        signal,
      )
    },
  }
}

function amountArgument(text: string): bigint {
  try {
    return parseAmount('AMOUNT', text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function spender(text: string): string {
  if (text === 'registry' || text === 'staking') return text
  try {
    return addressArgument(text)
  } catch {
    throw new InvalidArgumentError('Give registry, staking, or an address.')
  }
}
