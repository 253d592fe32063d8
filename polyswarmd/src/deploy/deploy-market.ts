import {
  arbiterStakingBytecode,
  bountyRegistryBytecode,
  erc20RelayBytecode,
  keeperBytecode,
  nectarTokenBytecode,
  offerRegistryBytecode,
} from '@polyswarm/contracts/bytecode'
import {
  arbiterStakingAbi,
  bountyRegistryAbi,
  erc20RelayAbi,
  keeperAbi,
  nectarTokenAbi,
  offerRegistryAbi,
} from '@polyswarm/protocol'
import { type Address, encodeDeployData, encodeFunctionData, type LocalAccount, zeroAddress } from 'viem'
import type { Deployment } from '../chain/deployment.js'
import { Deployer } from './deployer.js'
import type { DeploymentProgress } from './deployment-progress.js'
import type { DeploymentSteps } from './deployment-steps.js'

/** What to deploy, and for whom. */
export interface MarketPlan {
  /** JSON-RPC of the node, http or ws. */
  rpcUrl: string
  /** Signs everything, and is owner, minter and arbiter manager afterwards. */
  account: LocalAccount
  /** Blocks for which a deposited stake is locked. */
  stakeDuration: number
  /** Length of the reveal window in blocks. */
  assertionRevealWindow: number
  /** Length of the vote window in blocks. */
  arbiterVoteWindow: number
  /** Accounts that may vote; `account` can add more later. */
  arbiters?: readonly Address[]
  /** NCT to mint, in base units. */
  mint?: readonly { to: Address; amount: bigint }[]
  /** One end of the bridge to another chain; without it there is none. */
  relay?: RelayPlan
  /** Whether transactions cost nothing on this chain. By default, whether the node asks for a gas price of 0. */
  free?: boolean
  /** Stops between two steps. */
  signal?: AbortSignal
  /** Where what is signed is kept, so that a deployment that was cut short goes on where it ended. */
  progress?: DeploymentProgress
}

/** One end of the bridge to another chain. */
export interface RelayPlan {
  /** Accounts that watch the other chain and approve what is paid here; 3 to 32. */
  verifiers: readonly Address[]
  /** How many NCT one ETH is worth, from which fees follow. Default 0: no fees. */
  exchangeRate?: bigint
  /** Who gets the fees. Needed where there are fees. */
  feeWallet?: Address
}

/**
 * Deploys a market: NectarToken, ArbiterStaking and BountyRegistry, linked, with transfers enabled, a Keeper, an
 * OfferRegistry, and where it is planned an ERC20Relay. Each step is mined before the next is sent.
 *
 * @returns where it stands; {@link writeDeployment} keeps it for the daemon.
 * @throws DeploymentFailedError naming the step that failed.
 */
export async function deployMarket(plan: MarketPlan): Promise<Deployment> {
  const deployer = await Deployer.connect(plan)
  try {
    return await deployWith(deployer, plan)
  } finally {
    await deployer.close()
  }
}

/** Takes the steps of a deployment: each is done when the next begins. */
export async function deployWith(
  deployer: DeploymentSteps,
  plan: Omit<MarketPlan, 'account' | 'signal' | 'free' | 'progress'>,
): Promise<Deployment> {
  const token = await deployer.create(
    'NectarToken',
    encodeDeployData({ abi: nectarTokenAbi, bytecode: nectarTokenBytecode }),
  )
  const staking = await deployer.create(
    'ArbiterStaking',
    encodeDeployData({
      abi: arbiterStakingAbi,
      bytecode: arbiterStakingBytecode,
      args: [token, BigInt(plan.stakeDuration)],
    }),
  )
  const registry = await deployer.create(
    'BountyRegistry',
    encodeDeployData({
      abi: bountyRegistryAbi,
      bytecode: bountyRegistryBytecode,
      args: [token, staking, BigInt(plan.arbiterVoteWindow), BigInt(plan.assertionRevealWindow)],
    }),
  )
  await deployer.call(
    'ArbiterStaking.setBountyRegistry',
    staking,
    encodeFunctionData({ abi: arbiterStakingAbi, functionName: 'setBountyRegistry', args: [registry] }),
  )
  await deployer.call(
    'NectarToken.enableTransfers',
    token,
    encodeFunctionData({ abi: nectarTokenAbi, functionName: 'enableTransfers' }),
  )
  for (const { to, amount } of plan.mint ?? []) {
    await deployer.call(
      `NectarToken.mint for ${to}`,
      token,
      encodeFunctionData({ abi: nectarTokenAbi, functionName: 'mint', args: [to, amount] }),
    )
  }
  for (const arbiter of plan.arbiters ?? []) {
    await deployer.call(
      `BountyRegistry.addArbiter for ${arbiter}`,
      registry,
      encodeFunctionData({ abi: bountyRegistryAbi, functionName: 'addArbiter', args: [arbiter, 0n] }),
    )
  }
  const keeper = await deployer.create(
    'Keeper',
    encodeDeployData({ abi: keeperAbi, bytecode: keeperBytecode, args: [registry] }),
  )
  const offers = await deployer.create(
    'OfferRegistry',
    encodeDeployData({ abi: offerRegistryAbi, bytecode: offerRegistryBytecode, args: [token] }),
  )
  const relay = plan.relay && (await deployer.create('ERC20Relay', relayData(token, plan.relay)))
  return {
    eth_uri: plan.rpcUrl,
    chain_id: deployer.chainId,
    free: deployer.free,
    nectar_token_address: token,
    arbiter_staking_address: staking,
    bounty_registry_address: registry,
    keeper_address: keeper,
    offer_registry_address: offers,
    ...(relay ? { erc20_relay_address: relay } : {}),
  }
}

function relayData(token: Address, { verifiers, exchangeRate = 0n, feeWallet = zeroAddress }: RelayPlan) {
  return encodeDeployData({
    abi: erc20RelayAbi,
    bytecode: erc20RelayBytecode,
    args: [token, exchangeRate, feeWallet, [...verifiers]],
  })
}
