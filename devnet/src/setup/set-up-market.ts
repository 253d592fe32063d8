import { type Deployment, deployMarket, readDeployment, writeDeployment } from '@polyswarm/polyswarmd/deploy'
import type { Hex, PrivateKeyAccount } from 'viem'
import type { DataDirectory } from '../data-directory.js'
import type { MarketFile } from '../market-file.js'
import {
  DEV_WINDOWS,
  type EnginePlan,
  HOME_BALANCE,
  openingBalances,
  SIDE_SUPPLY,
  TOTAL_SUPPLY,
  VERIFIERS,
} from '../topology.js'
import { createAccount, unlockAccount } from './accounts.js'
import { fund } from './funding.js'
import { mintReserve } from './reserve.js'

/** What to set up, and where. */
export interface SetupOptions {
  data: DataDirectory
  /** What the directory holds already; undefined for a new market. */
  before: MarketFile | undefined
  engines: readonly EnginePlan[]
  polyswarmd: string
  /** Where programs of 2018 find it. */
  polyswarmd2018?: string | undefined
  /** Where people ask. */
  consumerApi: string
  /** Where the chain itself listens; the market's own programs go there. */
  nodeRpc: string
  /** Where everybody else finds it. */
  chainRpc: string
  chainId: number
  /** The second chain, where there is one. */
  home?: { nodeRpc: string; chainRpc: string } | undefined
}

/**
 * Brings a market to where its programs can be started: contracts deployed, an account for each role, funded. On a market
 * that exists it adds only what is missing. The market file is written at the end, whole.
 *
 * @throws DeploymentFailedError where a transaction fails.
 */
export async function setUpMarket(options: SetupOptions): Promise<MarketFile> {
  const { data, before, engines, polyswarmd, polyswarmd2018, consumerApi, nodeRpc, chainRpc, chainId, home } = options
  const accounts = { ...before?.accounts }
  const opening: Record<string, bigint> = openingBalances(engines)
  if (home) for (const verifier of VERIFIERS) opening[verifier] = 0n
  const missing = Object.keys(opening).filter((role) => !accounts[role])
  for (const role of missing) accounts[role] = await createAccount(data, role)
  const deployer = await unlockAccount(accountOf(accounts, 'deployer'))
  if (!before) {
    const plan = {
      account: deployer,
      ...DEV_WINDOWS,
      arbiters: [accountOf(accounts, 'arbiter').address as Hex],
      free: true,
      ...(home && { relay: { verifiers: VERIFIERS.map((name) => accountOf(accounts, name).address as Hex) } }),
    }
    const supply = home ? SIDE_SUPPLY : TOTAL_SUPPLY
    const side = await deployMarket({ ...plan, rpcUrl: nodeRpc, mint: [{ to: deployer.address, amount: supply }] })
    writeDeployment(data.deployment, side)
    if (home) {
      const atHome = TOTAL_SUPPLY - SIDE_SUPPLY
      const mint = [{ to: deployer.address, amount: atHome }]
      const deployment = await deployMarket({ ...plan, rpcUrl: home.nodeRpc, mint })
      await mintReserve({ nodeRpc, deployer, deployment: side }, atHome)
      await mintReserve({ nodeRpc: home.nodeRpc, deployer, deployment }, SIDE_SUPPLY)
      writeDeployment(data.homeDeployment, deployment)
    }
  }
  const deployment = { ...readDeployment(data.deployment), eth_uri: webSocketOf(nodeRpc) }
  writeDeployment(data.deployment, deployment)
  const grants = missing.map((role) => ({
    to: accountOf(accounts, role).address as Hex,
    amount: role === 'deployer' ? 0n : (opening[role] ?? 0n),
  }))
  await fund({ nodeRpc, token: deployment.nectar_token_address, deployer, mine: true }, grants)
  const atHome = home && (await setUpHome({ data, home, deployer, accounts, missing }))
  return {
    polyswarmd,
    ...(polyswarmd2018 !== undefined && { polyswarmd2018 }),
    consumerApi,
    chainRpc,
    chainId,
    contracts: contractsOf(deployment),
    ...(atHome && { home: atHome }),
    accounts,
  }
}

/** The home chain's part: where it is today, and what new accounts have there. */
async function setUpHome({
  data,
  home,
  deployer,
  accounts,
  missing,
}: {
  data: DataDirectory
  home: NonNullable<SetupOptions['home']>
  deployer: PrivateKeyAccount
  accounts: MarketFile['accounts']
  missing: readonly string[]
}): Promise<MarketFile['home']> {
  const deployment = { ...readDeployment(data.homeDeployment), eth_uri: webSocketOf(home.nodeRpc) }
  writeDeployment(data.homeDeployment, deployment)
  const paid = missing.filter((role) => role !== 'deployer' && !VERIFIERS.some((verifier) => verifier === role))
  const grants = paid.map((role) => ({ to: accountOf(accounts, role).address as Hex, amount: HOME_BALANCE }))
  await fund({ nodeRpc: home.nodeRpc, token: deployment.nectar_token_address, deployer, mine: true }, grants)
  return { chainRpc: home.chainRpc, chainId: deployment.chain_id, contracts: contractsOf(deployment) }
}

/** The node tells its daemon of blocks, instead of being asked, and a call is a message and no request of its own. */
function webSocketOf(nodeRpc: string): string {
  return nodeRpc.replace(/^http/, 'ws')
}

function contractsOf(deployment: Deployment): MarketFile['contracts'] {
  return {
    NectarToken: deployment.nectar_token_address,
    ArbiterStaking: deployment.arbiter_staking_address,
    BountyRegistry: deployment.bounty_registry_address,
    ...(deployment.keeper_address && { Keeper: deployment.keeper_address }),
    ...(deployment.erc20_relay_address && { ERC20Relay: deployment.erc20_relay_address }),
  }
}

/** The account of a role. */
export function accountOf(accounts: MarketFile['accounts'], role: string) {
  const account = accounts[role]
  if (!account) throw new Error(`no account for ${role}`)
  return account
}
