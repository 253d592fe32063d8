import { dirname } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import { getAddress, isAddress } from 'viem/utils'
import { MoneyDesk } from '../account/money-desk.js'
import { type ChainName, PolyswarmdClient } from '../client/polyswarmd-client.js'
import { InvalidOptionError } from '../errors.js'
import { makePrivate } from '../runtime/files/private-path.js'
import { Journal } from '../runtime/journal/journal.js'
import { defaultJournal } from '../runtime/journal/journal-path.js'
import { openKeystore, readAccount } from '../runtime/keys/keystore.js'
import { findPassword } from '../runtime/keys/password.js'
import type { MarketPin } from '../runtime/market/market.js'
import { MAX_GAS, MAX_GAS_PRICE } from '../runtime/participation.js'
import { pinnedMarket } from '../runtime/pin-market.js'
import { createLogger } from '../runtime/reports/logger.js'
import { Wallet } from '../runtime/transactions/wallet.js'
import { gatewayOf } from './gateway-of.js'
import { bigNumber, marketOption, option, polyswarmdOption } from './participant-options.js'

/** How a daemon is reached to look something up; nothing is signed. */
export interface GatewayFlags {
  polyswarmdAddr?: string
  market?: string
  apiKey?: string
  allowKeyOverHttp?: boolean
  keyfile: string
}

/** How an account moves its money. */
export interface MoneyFlags extends GatewayFlags {
  password?: string
  passwordFile?: string
  journal?: string
  maxGas: bigint
  maxGasPrice: bigint
  log: string
  logFormat: 'text' | 'json'
}

/** Adds the flags that name a daemon and an account. */
export function addGatewayOptions(command: Command): Command {
  return command
    .addOption(polyswarmdOption())
    .addOption(marketOption())
    .addOption(option('--api-key <key>', 'key for polyswarmd, where it asks for one', 'API_KEY'))
    .addOption(new Option('--allow-key-over-http', 'send the API key over unencrypted http').env('ALLOW_KEY_OVER_HTTP'))
    .addOption(keyfileOption())
}

/** Adds the flags of whoever signs. */
export function addMoneyOptions(command: Command, { log = 'warn' } = {}): Command {
  addPasswordOptions(addGatewayOptions(command))
  return command
    .addOption(
      option('--journal <file>', 'where signed transactions are kept until they are mined', 'JOURNAL').default(
        undefined,
        'by account, below the state directory',
      ),
    )
    .addOption(
      option('--max-gas <units>', 'most gas that one transaction may use', 'MAX_GAS')
        .argParser(bigNumber)
        .default(MAX_GAS, `${MAX_GAS}`),
    )
    .addOption(
      option('--max-gas-price <wei>', 'most that a unit of gas may cost', 'MAX_GAS_PRICE')
        .argParser(bigNumber)
        .default(MAX_GAS_PRICE, `${MAX_GAS_PRICE}`),
    )
    .addOption(
      option('--log <level>', 'how much to tell on stderr: error, warn, info, debug or trace', 'LOG_LEVEL').default(
        log,
      ),
    )
    .addOption(
      option('--log-format <format>', 'lines for people or for programs', 'LOG_FORMAT')
        .choices(['text', 'json'])
        .default('text'),
    )
}

/** Adds the flags for a keystore's password. */
export function addPasswordOptions(command: Command): Command {
  return command
    .addOption(option('--password <password>', 'its password; visible to others on this machine', 'PASSWORD'))
    .addOption(option('--password-file <file>', 'file that holds its password', 'PASSWORD_FILE'))
}

/** The flag for the keystore file. */
export function keyfileOption(): Option {
  return option('--keyfile <file>', 'keystore file (V3) of the account', 'KEYFILE').default('keyfile')
}

/** The flag for one of the chains. */
export function chainOption(): Option {
  return option('--chain <chain>', 'which chain', 'POLYSWARM_CHAIN').choices(['side', 'home']).default('side')
}

/** Where passwords are asked for. */
export const terminal = { input: process.stdin, output: process.stderr }

/** Reads an address, in any letter case that carries no wrong checksum. */
export function addressArgument(text: string): Address {
  if (!isAddress(text) && !/^0x[0-9A-F]{40}$/.test(text)) {
    throw new InvalidArgumentError('Give an address: 0x and 40 hexadecimal digits.')
  }
  return getAddress(text)
}

/** A client that asks for an account; the account of the keystore file where none is named. */
export async function lookUp(
  { polyswarmdAddr, market, apiKey, allowKeyOverHttp = false, keyfile }: GatewayFlags,
  chain: ChainName,
  account?: Address,
): Promise<PolyswarmdClient> {
  const owner = account ?? (await readAccount(keyfile))
  if (owner === undefined) {
    const reason = `${keyfile} does not name its account: give the address instead`
    throw new InvalidOptionError({ option: '--keyfile', reason })
  }
  return new PolyswarmdClient({
    url: await gatewayOf({ polyswarmdAddr, market }),
    account: owner,
    chain,
    apiKey,
    allowKeyOverHttp,
    retry: { tries: 2, firstDelay: 200, maxDelay: 1_000 },
  })
}

/** An account that can move its money on one chain. */
export interface MoneySession {
  client: PolyswarmdClient
  desk: MoneyDesk
  journal: Journal
  market: MarketPin
  logger: Logger
}

/** Opens the key of the flags. */
export async function openWallet(flags: MoneyFlags): Promise<Wallet> {
  return new Wallet(await openKeystore(flags.keyfile, await findPassword({ ...flags, terminal })))
}

/** Opens a desk on a chain, works with it, and closes it. When the work is done, whoever asked for it has been told. */
export async function withDesk<T>(
  {
    flags,
    wallet,
    chain,
    role = 'account',
    mayWait = false,
  }: {
    flags: MoneyFlags
    wallet: Wallet
    chain: ChainName
    role?: 'account' | 'balance'
    /** Whether polyswarmd may take its time to be there: people who type a command want to know that it is not. */
    mayWait?: boolean
  },
  work: (session: MoneySession) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const client = await lookUp(flags, chain, wallet.address)
  const logger = createLogger({ level: flags.log, format: flags.logFormat }, process.stderr)
  const path = flags.journal === undefined ? defaultJournal(role, wallet.address, chain) : journalOf(flags, chain)
  const journal = Journal.open(path, { account: wallet.address, role })
  try {
    if (flags.journal === undefined) makePrivate(dirname(path))
    const market = await pinnedMarket({ client, journal, marketFile: flags.market, logger, mayWait }, signal)
    const limits = { maxGas: flags.maxGas, maxGasPrice: flags.maxGasPrice }
    const desk = new MoneyDesk({ client, wallet, journal, market, limits, logger })
    const result = await work({ client, desk, journal, market, logger })
    desk.told()
    return result
  } finally {
    journal.close()
    client.close()
  }
}

/** What is signed on one chain says nothing of the other. */
function journalOf({ journal = '' }: MoneyFlags, chain: ChainName): string {
  return chain === 'side' ? journal : `${journal}.${chain}`
}
