import { formatNct } from '@polyswarm/protocol'
import { Command, Option } from 'commander'
import { type Address, getAddress, isAddress } from 'viem'
import { writeDeployment } from '../chain/deployment.js'
import { SettingError } from '../errors.js'
import { integer } from '../settings.js'
import { deployMarket, deployWith } from './deploy-market.js'
import { DeploymentProgress } from './deployment-progress.js'
import { DryRun } from './dry-run.js'
import { MARKET_LIMITS } from './market-limits.js'
import { addSignerOptions, type SignerFlags, signerOf } from './signer-options.js'

interface DeployFlags extends SignerFlags {
  rpcUrl: string
  stakeDuration: string
  assertionRevealWindow: string
  arbiterVoteWindow: string
  arbiter?: string[]
  relayVerifier?: string[]
  out: string
  dryRun?: boolean
}

/** Blocks, by default: what the original's development network had. */
const DEFAULTS = { stakeDuration: '100', assertionRevealWindow: '10', arbiterVoteWindow: '100' }

/** `polyswarmd deploy`: puts a market on a chain and writes the file that `--side` and `--home` take. */
export function deployCommand(): Command {
  const option = (flags: string, description: string, variable: string) => new Option(flags, description).env(variable)
  const command = new Command('deploy').description('deploy a market and write its deployment file')
  return addSignerOptions(command)
    .addOption(option('--rpc-url <url>', "the node's JSON-RPC", 'POLYSWARMD_RPC_URL').makeOptionMandatory())
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
    .addOption(option('--dry-run', 'show what would be done; sign and write nothing', 'POLYSWARMD_DRY_RUN'))
    .action(deploy)
}

async function deploy(flags: DeployFlags): Promise<void> {
  const verifiers = addresses('--relay-verifier', flags.relayVerifier)
  const { rpcUrl, out } = flags
  if (!/^(https?|wss?):$/.test(URL.parse(rpcUrl)?.protocol ?? '')) {
    throw new SettingError({ setting: '--rpc-url', reason: `is "${rpcUrl}": give an http, https, ws or wss URL` })
  }
  const { stakeDuration, assertionRevealWindow, arbiterVoteWindow } = MARKET_LIMITS
  const plan = {
    stakeDuration: integer('--stake-duration', flags.stakeDuration, 1, stakeDuration),
    assertionRevealWindow: integer('--assertion-reveal-window', flags.assertionRevealWindow, 1, assertionRevealWindow),
    arbiterVoteWindow: integer('--arbiter-vote-window', flags.arbiterVoteWindow, 1, arbiterVoteWindow),
    arbiters: addresses('--arbiter', flags.arbiter),
    ...(verifiers.length > 0 ? { relay: { verifiers } } : {}),
  }
  const account = await signerOf(flags)
  const dryRun = await DryRun.connect(rpcUrl, account.address)
  const { chainId } = dryRun
  const progress = DeploymentProgress.open(out, { account: account.address, chainId, ...plan })
  if (progress.isComplete) {
    process.stdout.write(`The market stands since an earlier run; its deployment file is ${out}\n`)
    if (!flags.dryRun) progress.end()
    return
  }
  if (flags.dryRun) {
    await deployWith(dryRun, { rpcUrl, ...plan })
    process.stdout.write(planText(dryRun, { account: account.address, out, signed: progress.size }))
    return
  }
  if (progress.size > 0) process.stdout.write(`A deployment was cut short after ${progress.size} steps; it goes on\n`)
  const deployment = await deployMarket({ rpcUrl, account, progress, ...plan })
  writeDeployment(out, deployment, { replace: false })
  process.stdout.write(`The market stands; its deployment file is ${out}\n`)
  progress.end()
}

function planText(
  { chainId, free, balance, steps }: DryRun,
  { account, out, signed }: { account: string; out: string; signed: number },
): string {
  const gas = free ? 'gas is free there' : `it has ${formatNct(balance)} of its coin for gas`
  const lines = steps.map(({ step, address, creates }) => `  ${step}${creates ? ' at ' : ', a call of '}${address}`)
  const begun = signed > 0 ? [`A deployment was cut short after ${signed} steps: it would go on.`] : []
  return [`Would deploy on chain ${chainId} as ${account}; ${gas}:`, ...lines, ...begun, `and write ${out}`, ''].join(
    '\n',
  )
}

/** From the environment, several come as one text with spaces or commas. */
function addresses(setting: string, texts: string | readonly string[] = []): Address[] {
  const separate = [texts].flat().flatMap((text) => text.split(/[\s,]+/).filter(Boolean))
  return separate.map((text) => {
    if (!isAddress(text)) throw new SettingError({ setting, reason: `is "${text}": give an address` })
    return getAddress(text)
  })
}
