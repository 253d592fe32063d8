import { MAX_ARTIFACT_SIZE } from '@polyswarm/protocol'
import { type Command, Option } from 'commander'
import { KEY_POLICIES, type KeyPolicy } from './access/key-policy.js'
import type { KuboAddress } from './artifacts/kubo/kubo-rpc.js'
import { readDeployment } from './chain/deployment.js'
import type { ChainName } from './chain/market-chain.js'
import { applyConfigFile } from './config-file.js'
import { SettingError } from './errors.js'
import { FEWEST_BLOCKS_KEPT } from './ledger/history-keeper.js'
import type { PolyswarmdOptions } from './polyswarmd.js'

/** The command line and environment of `polyswarmd`, as commander hands them over. */
export interface Flags {
  config?: string
  host: string
  port: string
  api2018Port?: string
  data: string
  side?: string
  home?: string
  community: string
  apiKeys: string
  allowedHosts?: string
  allowedOrigins?: string
  maxArtifactSize: string
  keepArtifacts?: string
  keepHistory?: string
  ipfsApi?: string
  ipfsAuthorization?: string
  pollingInterval: string
  confirmations: string
  chainPatience: string
  logLevel: string
  logFormat: string
}

/** Every setting once: a flag, and an environment variable and a key of the configuration file of the same name. */
export function settingOptions(): Option[] {
  const option = (flags: string, description: string, variable: string, value?: string) => {
    const made = new Option(flags, description).env(variable)
    return value === undefined ? made : made.default(value)
  }
  return [
    option('--config <file>', 'JSON file with settings, by the names of the flags', 'POLYSWARMD_CONFIG'),
    option('--host <address>', 'address to listen on', 'POLYSWARMD_HOST', '127.0.0.1'),
    option('--port <number>', 'port to listen on; 0 picks a free one', 'POLYSWARMD_PORT', '31337'),
    option('--api-2018-port <number>', 'port for programs of 2018; 0 picks a free one', 'POLYSWARMD_API_2018_PORT'),
    option('--data <directory>', 'where ledgers and artifacts are kept', 'POLYSWARMD_DATA', 'polyswarmd-data'),
    option('--side <file>', 'deployment file of the side chain, where bounties live', 'POLYSWARMD_SIDE'),
    option('--home <file>', 'deployment file of the home chain', 'POLYSWARMD_HOME'),
    option('--community <name>', 'name that /status repeats', 'POLYSWARMD_COMMUNITY', 'polyswarm'),
    option(
      '--api-keys <policy>',
      'auto asks for keys unless it listens on loopback only; required or off',
      'POLYSWARMD_API_KEYS',
      'auto',
    ),
    option(
      '--allowed-hosts <names>',
      'host names that it answers to besides addresses and localhost, with commas between; * for any',
      'POLYSWARMD_ALLOWED_HOSTS',
    ),
    option(
      '--allowed-origins <origins>',
      'pages that may use it, such as https://market.example, with commas between',
      'POLYSWARMD_ALLOWED_ORIGINS',
    ),
    option(
      '--max-artifact-size <bytes>',
      'largest artifact that is taken',
      'POLYSWARMD_MAX_ARTIFACT_SIZE',
      String(MAX_ARTIFACT_SIZE),
    ),
    option(
      '--keep-artifacts <blocks>',
      "how long after a bounty's end its artifacts are kept; without it, for ever",
      'POLYSWARMD_KEEP_ARTIFACTS',
    ),
    option(
      '--keep-history <blocks>',
      `how long after its end a bounty is remembered, at least ${FEWEST_BLOCKS_KEPT}; without it, for ever`,
      'POLYSWARMD_KEEP_HISTORY',
    ),
    option('--ipfs-api <url>', 'keep artifacts in the Kubo node with this RPC, not in --data', 'POLYSWARMD_IPFS_API'),
    option(
      '--ipfs-authorization <header>',
      "Authorization header for the Kubo node's RPC",
      'POLYSWARMD_IPFS_AUTHORIZATION',
    ),
    option(
      '--polling-interval <ms>',
      'pause between two looks at the head of a chain',
      'POLYSWARMD_POLLING_INTERVAL',
      '1000',
    ),
    option(
      '--confirmations <blocks>',
      'blocks that must stand on top of one before it is read',
      'POLYSWARMD_CONFIRMATIONS',
      '0',
    ),
    option(
      '--chain-patience <ms>',
      'how long to wait at the start for a node that does not answer',
      'POLYSWARMD_CHAIN_PATIENCE',
      '10000',
    ),
    option('--log-level <level>', 'debug, info, warning, error or critical', 'LOG_LEVEL', 'info'),
    option('--log-format <format>', 'text or json', 'LOG_FORMAT', 'text'),
  ]
}

/**
 * The settings of a command: its flags, then the environment, then the configuration file, then what holds by default.
 *
 * @throws ConfigFileError for a file that cannot be used.
 */
export function readFlags(command: Command): Flags {
  const { config } = command.opts<Flags>()
  if (config !== undefined) applyConfigFile(command, config)
  return command.opts<Flags>()
}

/**
 * What flags and environment mean.
 *
 * @throws SettingError for a value out of range, DeploymentFileError for a file that cannot be used.
 */
export function readSettings(flags: Flags): PolyswarmdOptions {
  const chains: PolyswarmdOptions['chains'] = {}
  for (const name of ['side', 'home'] satisfies ChainName[]) {
    const file = flags[name]
    if (file) chains[name] = readDeployment(file)
  }
  if (Object.keys(chains).length === 0) {
    throw new SettingError({ setting: '--side', reason: 'is missing: give the deployment file of a chain' })
  }
  return {
    chains,
    host: flags.host,
    data: flags.data,
    community: flags.community,
    port: integer('--port', flags.port, 0, 65_535),
    api2018Port: flags.api2018Port === undefined ? undefined : integer('--api-2018-port', flags.api2018Port, 0, 65_535),
    apiKeys: policy('--api-keys', flags.apiKeys),
    allowedHosts: listOf(
      '--allowed-hosts',
      flags.allowedHosts,
      /^(\*|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)$/i,
      'host names',
    ),
    allowedOrigins: listOf(
      '--allowed-origins',
      flags.allowedOrigins,
      /^https?:\/\/([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/,
      'origins such as https://market.example',
    ),
    maxArtifactSize: integer('--max-artifact-size', flags.maxArtifactSize, 1, 2 ** 32),
    keepArtifacts:
      flags.keepArtifacts === undefined ? undefined : integer('--keep-artifacts', flags.keepArtifacts, 0, 2 ** 40),
    keepHistory:
      flags.keepHistory === undefined
        ? undefined
        : integer('--keep-history', flags.keepHistory, FEWEST_BLOCKS_KEPT, 2 ** 40),
    kubo: kuboAddress(flags),
    pollingInterval: integer('--polling-interval', flags.pollingInterval, 10, 3_600_000),
    confirmations: integer('--confirmations', flags.confirmations, 0, 10_000),
    chainPatience: integer('--chain-patience', flags.chainPatience, 0, 3_600_000),
  }
}

function kuboAddress({ ipfsApi: url, ipfsAuthorization: authorization }: Flags): KuboAddress | undefined {
  if (url === undefined) {
    if (authorization === undefined) return undefined
    throw new SettingError({
      setting: '--ipfs-authorization',
      reason: 'is for the node of --ipfs-api, which is missing',
    })
  }
  const parsed = URL.parse(url)
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || `${parsed.pathname}${parsed.search}` !== '/') {
    throw new SettingError({ setting: '--ipfs-api', reason: `is "${url}": give a URL such as http://127.0.0.1:5001` })
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new SettingError({
      setting: '--ipfs-api',
      reason: 'names a user: give --ipfs-authorization "Basic …" instead',
    })
  }
  return { url, authorization }
}

function listOf(setting: string, text: string | undefined, form: RegExp, what: string): string[] {
  const items = text?.split(',').map((item) => item.trim()) ?? []
  const wrong = items.find((item) => !form.test(item))
  if (wrong === undefined) return items
  throw new SettingError({ setting, reason: `has "${wrong}": give ${what}, with commas between` })
}

function policy(setting: string, text: string): KeyPolicy {
  const found = KEY_POLICIES.find((name) => name === text)
  if (found) return found
  throw new SettingError({ setting, reason: `is "${text}": give ${KEY_POLICIES.join(', ')}` })
}

/** An integer within limits. @throws SettingError otherwise. */
export function integer(setting: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= minimum && value <= maximum) return value
  throw new SettingError({ setting, reason: `is "${text}": give an integer from ${minimum} to ${maximum}` })
}
