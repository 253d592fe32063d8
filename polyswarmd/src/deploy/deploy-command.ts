import { readFileSync } from 'node:fs'
import { decryptKeystore, KeystoreError } from '@polyswarm/protocol'
import { Command, Option } from 'commander'
import { type Address, getAddress, isAddress } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { writeDeployment } from '../chain/deployment.js'
import { SettingError } from '../errors.js'
import { integer } from '../settings.js'
import { deployMarket } from './deploy-market.js'

interface DeployFlags {
  rpcUrl: string
  keyfile: string
  password?: string
  passwordFile?: string
  stakeDuration: string
  assertionRevealWindow: string
  arbiterVoteWindow: string
  arbiter?: string[]
  relayVerifier?: string[]
  out: string
}

/** Blocks, by default: what the original's development network had. */
const DEFAULTS = { stakeDuration: '100', assertionRevealWindow: '10', arbiterVoteWindow: '100' }

/** `polyswarmd deploy`: puts a market on a chain and writes the file that `--side` and `--home` take. */
export function deployCommand(): Command {
  const option = (flags: string, description: string, variable: string) => new Option(flags, description).env(variable)
  return new Command('deploy')
    .description('deploy a market and write its deployment file')
    .addOption(option('--rpc-url <url>', "the node's JSON-RPC", 'POLYSWARMD_RPC_URL').makeOptionMandatory())
    .addOption(
      option('--keyfile <file>', 'keystore of the account that owns the market', 'KEYFILE').makeOptionMandatory(),
    )
    .addOption(option('--password <text>', 'password of the keyfile', 'PASSWORD'))
    .addOption(option('--password-file <file>', 'file with the password', 'PASSWORD_FILE'))
    .addOption(
      option('--stake-duration <blocks>', 'lock of a stake', 'POLYSWARMD_STAKE_DURATION').default(
        DEFAULTS.stakeDuration,
      ),
    )
    .addOption(
      option('--assertion-reveal-window <blocks>', 'time to reveal', 'POLYSWARMD_ASSERTION_REVEAL_WINDOW').default(
        DEFAULTS.assertionRevealWindow,
      ),
    )
    .addOption(
      option('--arbiter-vote-window <blocks>', 'time to vote', 'POLYSWARMD_ARBITER_VOTE_WINDOW').default(
        DEFAULTS.arbiterVoteWindow,
      ),
    )
    .addOption(
      option(
        '--arbiter <address...>',
        'accounts that may vote; without any no bounty can be posted',
        'POLYSWARMD_ARBITER',
      ),
    )
    .addOption(
      option(
        '--relay-verifier <address...>',
        'accounts that approve relayed payments; deploys the relay',
        'POLYSWARMD_RELAY_VERIFIER',
      ),
    )
    .addOption(option('--out <file>', 'file to write', 'POLYSWARMD_OUT').default('sidechain.json'))
    .action(async (flags: DeployFlags) => {
      const verifiers = addresses('--relay-verifier', flags.relayVerifier)
      const deployment = await deployMarket({
        rpcUrl: flags.rpcUrl,
        account: await accountOf(flags),
        stakeDuration: integer('--stake-duration', flags.stakeDuration, 1, 10_000_000),
        assertionRevealWindow: integer('--assertion-reveal-window', flags.assertionRevealWindow, 1, 10_000_000),
        arbiterVoteWindow: integer('--arbiter-vote-window', flags.arbiterVoteWindow, 1, 10_000_000),
        arbiters: addresses('--arbiter', flags.arbiter),
        ...(verifiers.length > 0 ? { relay: { verifiers } } : {}),
      })
      writeDeployment(flags.out, deployment)
      process.stdout.write(`The market stands; its deployment file is ${flags.out}\n`)
    })
}

/** From the environment, several come as one text with spaces or commas. */
function addresses(setting: string, texts: string | readonly string[] = []): Address[] {
  const separate = [texts].flat().flatMap((text) => text.split(/[\s,]+/).filter(Boolean))
  return separate.map((text) => {
    if (!isAddress(text)) throw new SettingError({ setting, reason: `is "${text}": give an address` })
    return getAddress(text)
  })
}

async function accountOf(flags: DeployFlags): Promise<PrivateKeyAccount> {
  const password = passwordOf(flags)
  const { keyfile: path } = flags
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new KeystoreError({ path, reason: (cause as Error).message, cause })
  }
  return privateKeyToAccount(await decryptKeystore(path, text, password))
}

function passwordOf({ password, passwordFile }: DeployFlags): string {
  if (password !== undefined) return password
  if (passwordFile === undefined) {
    throw new SettingError({ setting: '--password-file', reason: 'is missing: give it, or --password' })
  }
  try {
    return readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new SettingError({ setting: '--password-file', reason: `cannot be read (${(error as Error).message})` })
  }
}
