import { parseNct } from '@polyswarm/protocol'
import { Command, InvalidArgumentError, Option } from 'commander'
import { getAddress, isAddress } from 'viem'
import { readDeployment } from '../chain/deployment.js'
import { addSignerOptions, type SignerFlags, signerOf } from '../deploy/signer-options.js'
import { carryOutOperation, checkOperation, operationCall } from './carry-out.js'
import type { GovernedContract } from './governed-contract.js'
import { MARKET_OPERATIONS, type MarketOperation, type OperationArgument } from './market-operations.js'

interface MarketFlags extends SignerFlags {
  deployment: string
  contract?: GovernedContract
  dryRun?: boolean
}

/** `polyswarmd market …`: what whoever governs a market can do, one subcommand each. */
export function marketCommand(): Command {
  const command = new Command('market').description(
    'govern a market: arbiters, roles, fees, windows, pauses, its end and its owner',
  )
  for (const operation of MARKET_OPERATIONS) command.addCommand(operationCommand(operation))
  return command
}

function operationCommand(operation: MarketOperation): Command {
  const { name, summary, takes, on } = operation
  const command = addSignerOptions(new Command(name).description(summary))
    .addOption(
      new Option('--deployment <file>', 'deployment file of the market')
        .env('POLYSWARMD_DEPLOYMENT')
        .default('sidechain.json'),
    )
    .addOption(new Option('--dry-run', 'show the transaction, and whether it would succeed; sign nothing'))
  if (on.length > 1) {
    command.addOption(new Option('--contract <name>', 'which contract').choices([...on]).default(on[0]))
  }
  for (const [argument, kind] of takes) command.argument(`<${argument}>`, KINDS[kind].says, KINDS[kind].read)
  return command.action(() => govern(operation, command))
}

async function govern(operation: MarketOperation, command: Command): Promise<void> {
  const flags = command.opts<MarketFlags>()
  const contract = flags.contract ?? operation.on[0] ?? 'registry'
  const account = await signerOf(flags)
  const deployment = readDeployment(flags.deployment)
  const planned = { operation, given: command.processedArgs, contract, deployment, account }
  const { to, data, text } = operationCall(planned)
  process.stdout.write(
    `${account.address} calls ${text}\n  of the ${contract} ${to} on chain ${deployment.chain_id}\n  data ${data}\n`,
  )
  await checkOperation(planned)
  if (flags.dryRun) {
    process.stdout.write('It would succeed; nothing was signed\n')
    return
  }
  for (const told of await carryOutOperation(planned)) process.stdout.write(`done: ${told}\n`)
}

const KINDS: Record<OperationArgument, { says: string; read: (text: string) => unknown }> = {
  address: {
    says: 'an address',
    read: (text) => {
      if (!isAddress(text)) throw new InvalidArgumentError('Give an address: 0x and 40 hexadecimal digits.')
      return getAddress(text)
    },
  },
  nct: {
    says: 'an amount in NCT, with up to 18 decimal places',
    read: (text) => {
      try {
        return parseNct(text)
      } catch {
        throw new InvalidArgumentError('Give an amount in NCT, such as 0.0625.')
      }
    },
  },
  blocks: {
    says: 'a number of blocks',
    read: (text) => {
      if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number of blocks.')
      return BigInt(text)
    },
  },
}
