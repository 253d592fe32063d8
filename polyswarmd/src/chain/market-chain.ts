import type { MarketAddresses } from '@polyswarm/protocol'
import { type Address, createPublicClient, type PublicClient } from 'viem'
import { Capacity } from '../access/capacity.js'
import { ChainMismatchError, ChainUnavailableError, ContractMissingError } from '../errors.js'
import { ChainHeads } from './chain-heads.js'
import { chainTransport } from './chain-transport.js'
import type { Deployment } from './deployment.js'
import { sharedTransport } from './shared-transport.js'

/** The two chains of the API: bounties live on `side`, offers and the way out on `home`. */
export type ChainName = 'home' | 'side'

/** Transactions that requests wait for at the same time; of more, nobody would be told in time. */
const MAX_AWAITED = 4_096

/** A node of one chain, with the market that stands on it. */
export interface MarketChain {
  name: ChainName
  deployment: Deployment
  /** For what others ask; shared and bounded. */
  client: PublicClient
  /** For the follower alone: its calls wait for nobody's. */
  reader: PublicClient
  /** The blocks at the end of the chain, as the follower sees them. */
  heads: ChainHeads
  /** For the transactions that requests wait for. */
  awaited: Capacity
  market: MarketAddresses
  /** Every contract that a transaction may be sent to through this daemon. */
  contracts: readonly Address[]
}

/** Names a chain's node and contracts; asks nothing yet. */
export function marketChain(name: ChainName, deployment: Deployment): MarketChain {
  const market: MarketAddresses = {
    nectarToken: deployment.nectar_token_address,
    arbiterStaking: deployment.arbiter_staking_address,
    bountyRegistry: deployment.bounty_registry_address,
  }
  const transport = chainTransport(deployment.eth_uri)
  const { keeper_address: keeper, erc20_relay_address: relay, offer_registry_address: offers } = deployment
  const besides = [keeper, relay, offers].filter((address) => address !== undefined)
  return {
    name,
    deployment,
    client: createPublicClient({ transport: sharedTransport(transport) }),
    reader: createPublicClient({ transport }),
    heads: new ChainHeads(),
    awaited: new Capacity(MAX_AWAITED),
    market,
    contracts: [...Object.values<Address>({ ...market }), ...besides],
  }
}

/**
 * Asks the node whether it is the one that the deployment file means.
 *
 * @throws ChainUnavailableError while it does not answer.
 * @throws ChainMismatchError for another chain id.
 * @throws ContractMissingError where the registry has no code.
 */
export async function checkChain({ name, deployment, client }: MarketChain): Promise<void> {
  const address = deployment.bounty_registry_address
  const [chainId, code] = await Promise.all([client.getChainId(), client.getCode({ address })]).catch((cause) => {
    throw new ChainUnavailableError({ chain: name, cause })
  })
  if (chainId !== deployment.chain_id) {
    throw new ChainMismatchError({ chain: name, expected: deployment.chain_id, actual: chainId })
  }
  if (code === undefined || code === '0x') throw new ContractMissingError({ chain: name, address })
}
