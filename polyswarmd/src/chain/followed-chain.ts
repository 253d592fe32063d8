import { once } from 'node:events'
import type { Ledger } from '../ledger/ledger.js'
import type { Follower } from './follower.js'
import type { MarketChain } from './market-chain.js'

/** A chain, what it said, and who keeps reading it. */
export interface FollowedChain {
  chain: MarketChain
  ledger: Ledger
  follower: Follower
}

/** Waits until the ledger has read a block, so that what a receipt promised can be read back; or until the signal fires. */
export async function ledgerReaches(
  { ledger, follower }: FollowedChain,
  block: number,
  signal: AbortSignal,
): Promise<void> {
  follower.poke()
  while ((ledger.head?.number ?? -1) < block && !signal.aborted) {
    await once(ledger, 'appended', { signal }).catch(() => undefined)
  }
}
