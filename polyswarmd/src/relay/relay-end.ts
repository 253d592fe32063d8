import { type Address, createPublicClient, type PublicClient } from 'viem'
import { chainTransport } from '../chain/chain-transport.js'
import type { Deployment } from '../chain/deployment.js'
import { ChainMismatchError, ChainUnavailableError, SettingError } from '../errors.js'
import type { RelayDirection } from './relay-journal.js'

/** One chain with its relay, as a verifier sees it: by a node of its own. */
export interface RelayEnd {
  name: RelayDirection
  client: PublicClient
  chainId: number
  /** Whether gas costs nothing there. */
  free: boolean
  token: Address
  relay: Address
}

/**
 * Names a chain's node and contracts; asks nothing yet.
 *
 * @throws SettingError where the deployment has no relay.
 */
export function relayEnd(name: RelayDirection, deployment: Deployment): RelayEnd {
  const { eth_uri: url, chain_id: chainId, free, nectar_token_address: token, erc20_relay_address: relay } = deployment
  if (relay === undefined) {
    throw new SettingError({ setting: `--${name}`, reason: 'names no relay: deploy with --relay-verifier' })
  }
  const client = createPublicClient({ transport: chainTransport(url), cacheTime: 0, pollingInterval: 250 })
  return { name, client, chainId, free, token, relay }
}

/**
 * Makes sure that the node is of the chain that is meant.
 *
 * @throws ChainMismatchError, ChainUnavailableError
 */
export async function checkRelayEnd({ name, client, chainId: expected }: RelayEnd): Promise<void> {
  const actual = await client.getChainId().catch((cause) => {
    throw new ChainUnavailableError({ chain: name, cause })
  })
  if (actual !== expected) throw new ChainMismatchError({ chain: name, expected, actual })
}
