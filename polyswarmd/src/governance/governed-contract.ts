import {
  arbiterStakingAbi,
  bountyRegistryAbi,
  erc20RelayAbi,
  nectarTokenAbi,
  offerRegistryAbi,
} from '@polyswarm/protocol'
import type { Abi, Address } from 'viem'
import type { Deployment } from '../chain/deployment.js'
import { SettingError } from '../errors.js'

/** A contract of a market that somebody governs. */
export type GovernedContract = 'registry' | 'staking' | 'token' | 'offers' | 'relay'

const ABIS: Record<GovernedContract, Abi> = {
  registry: bountyRegistryAbi,
  staking: arbiterStakingAbi,
  token: nectarTokenAbi,
  offers: offerRegistryAbi,
  relay: erc20RelayAbi,
}

/**
 * Where a contract of a market stands, and what it understands.
 *
 * @throws SettingError where the deployment has none.
 */
export function governedContract(name: GovernedContract, deployment: Deployment): { address: Address; abi: Abi } {
  const addresses: Record<GovernedContract, Address | undefined> = {
    registry: deployment.bounty_registry_address,
    staking: deployment.arbiter_staking_address,
    token: deployment.nectar_token_address,
    offers: deployment.offer_registry_address,
    relay: deployment.erc20_relay_address,
  }
  const address = addresses[name]
  if (address !== undefined) return { address, abi: ABIS[name] }
  throw new SettingError({ setting: '--deployment', reason: `names no ${name}: this market has none` })
}
