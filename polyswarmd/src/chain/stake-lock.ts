import { arbiterStakingAbi } from '@polyswarm/protocol'
import { type Address, BaseError, ContractFunctionRevertedError } from 'viem'
import { chainConstants } from './chain-constants.js'
import type { MarketChain } from './market-chain.js'

/**
 * The block from which on all of an arbiter's stake can be withdrawn, if it votes no more and stakes no more; null where it
 * has none. The contract does not say how many deposits there are: the last is searched for, in twice as many calls as
 * their number has bits.
 */
export async function stakeFreeAt(chain: MarketChain, arbiter: Address): Promise<number | null> {
  const { client, market } = chain
  const staking = { address: market.arbiterStaking, abi: arbiterStakingAbi } as const
  const [{ stakeDuration }, staked, lockedUntil] = await Promise.all([
    chainConstants(chain),
    client.readContract({ ...staking, functionName: 'balanceOf', args: [arbiter] }),
    client.readContract({ ...staking, functionName: 'lockedUntil', args: [arbiter] }),
  ])
  if (staked === 0n) return null
  const blockOf = async (index: number): Promise<number | null> => {
    try {
      const args = [arbiter, BigInt(index)] as const
      const [block] = await client.readContract({ ...staking, functionName: 'deposits', args })
      return Number(block)
    } catch (error) {
      if (isRevert(error)) return null
      throw error
    }
  }
  const last = await lastOf(blockOf)
  return Math.max(last === null ? 0 : last + stakeDuration, Number(lockedUntil))
}

/** The last element of a list that says null behind its end; null of an empty one. */
export async function lastOf<T>(at: (index: number) => Promise<T | null>): Promise<T | null> {
  let last = await at(0)
  if (last === null) return null
  // One that is there, and one that is not: the end is between them.
  let [there, beyond] = [0, 1]
  for (let found = await at(beyond); found !== null; found = await at(beyond)) {
    last = found
    there = beyond
    beyond *= 2
  }
  while (beyond - there > 1) {
    const middle = Math.floor((there + beyond) / 2)
    const found = await at(middle)
    if (found === null) beyond = middle
    else {
      last = found
      there = middle
    }
  }
  return last
}

function isRevert(error: unknown): boolean {
  return error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError) !== null
}
