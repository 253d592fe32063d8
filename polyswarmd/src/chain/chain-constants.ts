import { arbiterStakingAbi, bountyRegistryAbi } from '@polyswarm/protocol'
import { ChainUnavailableError } from '../errors.js'
import type { MarketChain } from './market-chain.js'

/** What the contracts' code fixes for ever. Amounts in base units of NCT. */
export interface ChainConstants {
  bountyAmountMinimum: bigint
  assertionBidMinimum: bigint
  assertionBidMaximum: bigint
  arbiterLookbackRange: bigint
  maxDuration: bigint
  pageSize: number
  minimumStake: bigint
  maximumStake: bigint
  voteRatioNumerator: number
  voteRatioDenominator: number
  /** Blocks for which a deposit of stake is locked. */
  stakeDuration: number
}

const read = new WeakMap<MarketChain, Promise<ChainConstants>>()

/** The constants of a chain's contracts, asked for once. @throws ChainUnavailableError where the node does not answer. */
export function chainConstants(chain: MarketChain): Promise<ChainConstants> {
  const known = read.get(chain)
  if (known) return known
  const constants = readConstants(chain).catch((cause) => {
    read.delete(chain)
    throw new ChainUnavailableError({ chain: chain.name, cause })
  })
  read.set(chain, constants)
  return constants
}

async function readConstants({ client, market }: MarketChain): Promise<ChainConstants> {
  const registry = { address: market.bountyRegistry, abi: bountyRegistryAbi } as const
  const staking = { address: market.arbiterStaking, abi: arbiterStakingAbi } as const
  const [
    amount,
    bidMinimum,
    bidMaximum,
    lookback,
    duration,
    pageSize,
    minimum,
    maximum,
    numerator,
    denominator,
    locked,
  ] = await Promise.all([
    client.readContract({ ...registry, functionName: 'BOUNTY_AMOUNT_MINIMUM' }),
    client.readContract({ ...registry, functionName: 'ASSERTION_BID_ARTIFACT_MINIMUM' }),
    client.readContract({ ...registry, functionName: 'ASSERTION_BID_ARTIFACT_MAXIMUM' }),
    client.readContract({ ...registry, functionName: 'ARBITER_LOOKBACK_RANGE' }),
    client.readContract({ ...registry, functionName: 'MAX_DURATION' }),
    client.readContract({ ...registry, functionName: 'PAGE_SIZE' }),
    client.readContract({ ...staking, functionName: 'MINIMUM_STAKE' }),
    client.readContract({ ...staking, functionName: 'MAXIMUM_STAKE' }),
    client.readContract({ ...staking, functionName: 'VOTE_RATIO_NUMERATOR' }),
    client.readContract({ ...staking, functionName: 'VOTE_RATIO_DENOMINATOR' }),
    client.readContract({ ...staking, functionName: 'stakeDuration' }),
  ])
  return {
    bountyAmountMinimum: amount,
    assertionBidMinimum: bidMinimum,
    assertionBidMaximum: bidMaximum,
    arbiterLookbackRange: lookback,
    maxDuration: duration,
    pageSize: Number(pageSize),
    minimumStake: minimum,
    maximumStake: maximum,
    voteRatioNumerator: numerator,
    voteRatioDenominator: denominator,
    stakeDuration: Number(locked),
  }
}
