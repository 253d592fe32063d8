import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { ChainUnavailableError } from '../errors.js'
import { Ledger } from '../ledger/ledger.js'
import { closeTransport } from './chain-transport.js'
import type { Deployment } from './deployment.js'
import type { FollowedChain } from './followed-chain.js'
import { Follower } from './follower.js'
import { type ChainName, checkChain, type MarketChain, marketChain } from './market-chain.js'

/** How a chain is opened and read. */
export interface ChainPlan {
  name: ChainName
  deployment: Deployment
  ledgerFile: string
  log: Logger
  pollingInterval: number
  confirmations: number
  /** How long to wait for a node that does not answer yet, in ms. */
  patience: number
}

/** Pause between two attempts to reach the node, in ms. */
const RETRY_INTERVAL = 250

/**
 * Reaches a chain's node, makes sure that it is the right one, and opens the ledger; nothing is read yet.
 *
 * @throws ChainUnavailableError, ChainMismatchError, ContractMissingError, LedgerMismatchError or LedgerDamagedError.
 */
export async function openChain(plan: ChainPlan, signal: AbortSignal): Promise<FollowedChain> {
  const chain = marketChain(plan.name, plan.deployment)
  const { log, pollingInterval, confirmations } = plan
  try {
    const genesisHash = await reach(chain, plan.patience, signal)
    const ledger = Ledger.open(plan.ledgerFile, {
      chainId: plan.deployment.chain_id,
      bountyRegistry: plan.deployment.bounty_registry_address,
      offerRegistry: plan.deployment.offer_registry_address,
      genesisHash,
    })
    return { chain, ledger, follower: new Follower({ chain, ledger, log, pollingInterval, confirmations }) }
  } catch (error) {
    await closeTransport(chain.client)
    throw error
  }
}

async function reach(chain: MarketChain, patience: number, signal: AbortSignal) {
  const deadline = AbortSignal.any([AbortSignal.timeout(patience), signal])
  for (;;) {
    try {
      await checkChain(chain)
      const genesis = await chain.client.getBlock({ blockNumber: 0n }).catch((cause) => {
        throw new ChainUnavailableError({ chain: chain.name, cause })
      })
      return genesis.hash
    } catch (error) {
      if (!(error instanceof ChainUnavailableError) || deadline.aborted) throw error
      await delay(RETRY_INTERVAL, undefined, { signal: deadline }).catch(() => undefined)
    }
  }
}
