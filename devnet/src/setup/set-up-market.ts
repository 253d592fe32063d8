import { deployMarket, readDeployment, writeDeployment } from '@polyswarm/polyswarmd/deploy'
import type { Hex } from 'viem'
import type { DataDirectory } from '../data-directory.js'
import type { MarketFile } from '../market-file.js'
import { DEV_WINDOWS, type EnginePlan, openingBalances, TOTAL_SUPPLY } from '../topology.js'
import { createAccount, unlockAccount } from './accounts.js'
import { fund } from './funding.js'

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
}

/**
 * Brings a market to where its programs can be started: contracts deployed, an account for each role, funded. On a market
 * that exists it adds only what is missing. The market file is written at the end, whole.
 *
 * @throws DeploymentFailedError where a transaction fails.
 */
export async function setUpMarket(options: SetupOptions): Promise<MarketFile> {
  const { data, before, engines, polyswarmd, polyswarmd2018, consumerApi, nodeRpc, chainRpc, chainId } = options
  const accounts = { ...before?.accounts }
  const opening = openingBalances(engines)
  const missing = Object.keys(opening).filter((role) => !accounts[role])
  for (const role of missing) accounts[role] = await createAccount(data, role)
  const deployer = await unlockAccount(accountOf(accounts, 'deployer'))
  if (!before) {
    const deployment = await deployMarket({
      rpcUrl: nodeRpc,
      account: deployer,
      ...DEV_WINDOWS,
      arbiters: [accountOf(accounts, 'arbiter').address as Hex],
      mint: [{ to: deployer.address, amount: TOTAL_SUPPLY }],
      free: true,
    })
    writeDeployment(data.deployment, deployment)
  }
  const deployment = { ...readDeployment(data.deployment), eth_uri: nodeRpc }
  writeDeployment(data.deployment, deployment)
  const grants = missing.map((role) => ({
    to: accountOf(accounts, role).address as Hex,
    amount: role === 'deployer' ? 0n : (opening[role] ?? 0n),
  }))
  await fund({ nodeRpc, token: deployment.nectar_token_address, deployer, mine: true }, grants)
  return {
    polyswarmd,
    ...(polyswarmd2018 !== undefined && { polyswarmd2018 }),
    consumerApi,
    chainRpc,
    chainId,
    contracts: {
      NectarToken: deployment.nectar_token_address,
      ArbiterStaking: deployment.arbiter_staking_address,
      BountyRegistry: deployment.bounty_registry_address,
      ...(deployment.keeper_address && { Keeper: deployment.keeper_address }),
    },
    accounts,
  }
}

/** The account of a role. */
export function accountOf(accounts: MarketFile['accounts'], role: string) {
  const account = accounts[role]
  if (!account) throw new Error(`no account for ${role}`)
  return account
}
