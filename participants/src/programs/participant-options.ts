import { MAX_ARTIFACT_SIZE } from '@polyswarm/protocol'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { FEWEST_BLOCKS_KEPT } from '../runtime/journal/history-keeper.js'
import { MAX_GAS, MAX_GAS_PRICE } from '../runtime/participation.js'
import { type AlertFlags, addAlertOptions, addFloorOptions, type FloorFlags } from './alert-options.js'
import { USUAL_ADDRESS } from './gateway-of.js'

/** What every participant can be told; one environment variable for each flag. */
export interface ParticipantFlags extends AlertFlags, FloorFlags {
  log: string
  clientLog?: string
  logFormat: 'text' | 'json'
  polyswarmdAddr?: string
  keyfile: string
  password?: string
  passwordFile?: string
  apiKey?: string
  allowKeyOverHttp: boolean
  insecureTransport: boolean
  testing: number
  chains: ('home' | 'side')[]
  market?: string
  journal?: string
  liveness?: string
  keepHistory?: number
  metricsPort?: number
  metricsHost: string
  metricsAllowedHosts: string[]
  allowance?: bigint
  bountiesAtATime: number
  maxArtifactSize: number
  maxGas: bigint
  /** Whether standard output is for JSON alone. */
  json?: boolean
  maxGasPrice: bigint
}

/** Adds the flags that all participants have in common. */
export function addParticipantOptions(command: Command): Command {
  addFloorOptions(addAlertOptions(command))
  return command
    .addOption(
      option('--log <level>', 'how much to tell: error, warn, info, debug or trace', 'LOG_LEVEL').default('info'),
    )
    .addOption(
      option(
        '--client-log <level>',
        'accepted for compatibility: there is one log, see --log',
        'CLIENT_LOG_LEVEL',
      ).hideHelp(),
    )
    .addOption(
      option('--log-format <format>', 'lines for people or for programs', 'LOG_FORMAT')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(polyswarmdOption())
    .addOption(option('--keyfile <file>', 'keystore file (V3) of the account', 'KEYFILE').default('keyfile'))
    .addOption(option('--password <password>', 'its password; visible to others on this machine', 'PASSWORD'))
    .addOption(option('--password-file <file>', 'file that holds its password', 'PASSWORD_FILE'))
    .addOption(option('--api-key <key>', 'key for polyswarmd, where it asks for one', 'API_KEY'))
    .addOption(flag('--allow-key-over-http', 'send the API key over unencrypted http', 'ALLOW_KEY_OVER_HTTP'))
    .addOption(flag('--insecure-transport', 'accepted for compatibility', 'INSECURE_TRANSPORT').hideHelp())
    .addOption(
      option('--testing <count>', 'stop after so many bounties; 1 if anything due did not happen', 'TESTING')
        .argParser(wholeNumber)
        .default(0, 'never'),
    )
    .addOption(listOption('--chains <chain...>', 'the chains to take part on', 'CHAINS', ['side'], ['home', 'side']))
    .addOption(marketOption())
    .addOption(
      option(
        '--journal <file>',
        'where to remember what is promised; never delete it while bounties are open',
        'JOURNAL',
      ).default(undefined, 'by role and account, below the state directory'),
    )
    .addOption(option('--liveness <file>', 'file for the liveness program to look at', 'LIVENESS'))
    .addOption(
      option(
        '--metrics-port <port>',
        'serve Prometheus metrics at /metrics; 0 picks a free port',
        'METRICS_PORT',
      ).argParser(wholeNumber),
    )
    .addOption(option('--metrics-host <address>', 'where metrics are served', 'METRICS_HOST').default('127.0.0.1'))
    .addOption(
      listOption(
        '--metrics-allowed-hosts <name...>',
        'host names that they are served under besides addresses and localhost',
        'METRICS_ALLOWED_HOSTS',
        [],
      ),
    )
    .addOption(
      option(
        '--keep-history <blocks>',
        `how long a bounty stays in the journal after all is done, at least ${FEWEST_BLOCKS_KEPT}; without it, for ever`,
        'KEEP_HISTORY',
      ).argParser(blocksOfHistory),
    )
    .addOption(
      option(
        '--allowance <units>',
        'let the market take so many base units by one standing approval, instead of one for each action',
        'ALLOWANCE',
      ).argParser(bigNumber),
    )
    .addOption(
      option('--bounties-at-a-time <count>', 'bounties that are worked on at the same time', 'BOUNTIES_AT_A_TIME')
        .argParser(wholeNumber)
        .default(8),
    )
    .addOption(maxArtifactSizeOption('refuse bounties with larger artifacts'))
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
}

/** The flag for the address of polyswarmd. */
export function polyswarmdOption(): Option {
  return option('--polyswarmd-addr <address>', 'polyswarmd: host:port or URL', 'POLYSWARMD_ADDR').default(
    undefined,
    `what --market names, or ${USUAL_ADDRESS}`,
  )
}

/** The flag for the file of a market. */
export function marketOption(): Option {
  return option(
    '--market <file>',
    'market.json that names polyswarmd, and the contracts to sign for',
    'POLYSWARM_MARKET',
  )
}

/** The flag for the largest artifact that is taken; `consequence` says what becomes of larger ones. */
export function maxArtifactSizeOption(consequence: string): Option {
  return option('--max-artifact-size <bytes>', consequence, 'MAX_ARTIFACT_SIZE')
    .argParser(wholeNumber)
    .default(MAX_ARTIFACT_SIZE)
}

/** A flag with a value and its environment variable. */
export function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(variable)
}

/** A flag that can be given several times, or with commas; its environment variable with commas. */
export function listOption(
  flags: string,
  description: string,
  variable: string,
  standard: readonly string[],
  choices?: readonly string[],
): Option {
  const made = option(flags, choices ? `${description} (${choices.join(', ')})` : description, variable)
  return made.default(standard, standard.join(', ')).argParser((text: string, previous: readonly string[]) => {
    const values = text.split(',').filter((value) => value !== '')
    const wrong = values.find((value) => choices && !choices.includes(value))
    if (wrong !== undefined || values.length === 0) {
      throw new InvalidArgumentError(choices ? `Choose from ${choices.join(', ')}.` : 'Give a name.')
    }
    return previous === standard ? values : [...previous, ...values]
  })
}

function flag(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(variable).default(false)
}

/** Reads a share, above 0 and at most 1. */
export function share(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('Give a number above 0 and at most 1.')
  return value
}

/** Reads a whole number that is not negative. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

function blocksOfHistory(text: string): number {
  const blocks = wholeNumber(text)
  if (blocks < FEWEST_BLOCKS_KEPT) throw new InvalidArgumentError(`Give at least ${FEWEST_BLOCKS_KEPT}.`)
  return blocks
}

/** Reads a whole number of any size that is not negative. */
export function bigNumber(text: string): bigint {
  if (!/^\d{1,30}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return BigInt(text)
}
