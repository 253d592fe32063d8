import type { Address, Hex } from 'viem'
import { decodeFunctionData, encodeFunctionData, getAddress } from 'viem/utils'
import { arbiterStakingAbi, bountyRegistryAbi, keeperAbi, nectarTokenAbi } from './abis.js'
import { type ArtifactType, artifactTypeToUint } from './artifact-type.js'
import type { Bloom } from './bloom.js'
import { type Guid, guidFromUint128, guidToUint128 } from './guid.js'
import type { ArtifactMask } from './mask.js'

/** Where a market's contracts live on one chain. */
export interface MarketAddresses {
  nectarToken: Address
  arbiterStaking: Address
  bountyRegistry: Address
}

/**
 * What a transaction does, down to the byte: recipient and calldata. polyswarmd builds transactions from it, and a
 * participant compares what polyswarmd built with what it meant; value is always 0.
 */
export interface MarketCall {
  to: Address
  data: Hex
}

/** Lets the registry or the staking contract take `amount` of the sender's NCT. */
export function approveCall(market: MarketAddresses, spender: Address, amount: bigint): MarketCall {
  const data = encodeFunctionData({ abi: nectarTokenAbi, functionName: 'approve', args: [spender, amount] })
  return { to: getAddress(market.nectarToken), data }
}

/** Moves NCT of the sender. */
export function transferCall(market: MarketAddresses, recipient: Address, amount: bigint): MarketCall {
  const data = encodeFunctionData({ abi: nectarTokenAbi, functionName: 'transfer', args: [recipient, amount] })
  return { to: getAddress(market.nectarToken), data }
}

/** Makes new NCT; for minters. */
export function mintCall(market: MarketAddresses, recipient: Address, amount: bigint): MarketCall {
  const data = encodeFunctionData({ abi: nectarTokenAbi, functionName: 'mint', args: [recipient, amount] })
  return { to: getAddress(market.nectarToken), data }
}

/** A bounty as its ambassador means it. */
export interface BountyOrder {
  guid: Guid
  artifactType: ArtifactType
  amount: bigint
  /** Content address of the directory of artifacts. */
  uri: string
  numArtifacts: number
  /** Blocks from posting to expiration, 1 to 100. */
  duration: number
  bloom: Bloom
  /** Content address of the bounty metadata, or ''. */
  metadata: string
}

/** Posts a bounty. */
export function postBountyCall(market: MarketAddresses, order: BountyOrder): MarketCall {
  return registryCall(
    market,
    encodeFunctionData({
      abi: bountyRegistryAbi,
      functionName: 'postBounty',
      args: [
        guidToUint128(order.guid),
        artifactTypeToUint(order.artifactType),
        order.amount,
        order.uri,
        BigInt(order.numArtifacts),
        BigInt(order.duration),
        order.bloom,
        order.metadata,
      ],
    }),
  )
}

/** An assertion as its engine means it; the verdicts stay behind the commitment. */
export interface AssertionOrder {
  guid: Guid
  /** One bid per set bit of the mask, in artifact order. */
  bids: readonly bigint[]
  mask: ArtifactMask
  commitment: bigint
}

/** Asserts on a bounty, with a commitment of {@link sealedCommitmentOf}. */
export function postSealedAssertionCall(market: MarketAddresses, order: AssertionOrder): MarketCall {
  return registryCall(
    market,
    encodeFunctionData({
      abi: bountyRegistryAbi,
      functionName: 'postSealedAssertion',
      args: [guidToUint128(order.guid), order.bids, order.mask, order.commitment],
    }),
  )
}

/** Asserts on a bounty of up to 64 artifacts, with a commitment in the form of the original, {@link commitmentOf}. */
export function postAssertionCall(market: MarketAddresses, order: AssertionOrder): MarketCall {
  return registryCall(
    market,
    encodeFunctionData({
      abi: bountyRegistryAbi,
      functionName: 'postAssertion',
      args: [guidToUint128(order.guid), order.bids, order.mask, order.commitment],
    }),
  )
}

/** A reveal as its engine means it. */
export interface RevealOrder {
  guid: Guid
  /** Index of the assertion within the bounty, as NewAssertion announced it. */
  index: number
  nonce: bigint
  verdicts: ArtifactMask
  /** Content address of the assertion metadata, a text of its own, or ''; that of the commitment where it is sealed. */
  metadata: string
}

/** Reveals an assertion. */
export function revealAssertionCall(market: MarketAddresses, order: RevealOrder): MarketCall {
  return registryCall(
    market,
    encodeFunctionData({
      abi: bountyRegistryAbi,
      functionName: 'revealAssertion',
      args: [guidToUint128(order.guid), BigInt(order.index), order.nonce, order.verdicts, order.metadata],
    }),
  )
}

/** A vote as its arbiter means it. */
export interface VoteOrder {
  guid: Guid
  /** Set bit: malicious. */
  votes: ArtifactMask
  /** Whether the posted bloom filter is that of the artifacts judged. */
  validBloom: boolean
}

/** Votes on a bounty. */
export function voteOnBountyCall(market: MarketAddresses, order: VoteOrder): MarketCall {
  return registryCall(
    market,
    encodeFunctionData({
      abi: bountyRegistryAbi,
      functionName: 'voteOnBounty',
      args: [guidToUint128(order.guid), order.votes, order.validBloom],
    }),
  )
}

/** Collects all that a bounty owes the sender now. */
export function settleBountyCall(market: MarketAddresses, guid: Guid): MarketCall {
  return registryCall(
    market,
    encodeFunctionData({ abi: bountyRegistryAbi, functionName: 'settleBounty', args: [guidToUint128(guid)] }),
  )
}

/**
 * Does several things of one account in one transaction, in this order, each alone: one that the registry refuses is in no
 * other's way. All are calls to the registry of `market`; of each only `data` is used. Its gas limit is
 * {@link gasBound.batch}: a node's estimate may leave some of them out, as they may fail.
 */
export function batchCall(market: MarketAddresses, calls: readonly MarketCall[]): MarketCall {
  return registryCall(
    market,
    encodeFunctionData({ abi: bountyRegistryAbi, functionName: 'batch', args: [calls.map(({ data }) => data)] }),
  )
}

/** What opens a sealed assertion of another. */
export interface OpeningOrder {
  guid: Guid
  author: Address
  nonce: bigint
  verdicts: ArtifactMask
  metadata: string
}

/** What a keeper does in one transaction. */
export interface KeeperBatch {
  openings: readonly OpeningOrder[]
  claims: readonly { guid: Guid; account: Address }[]
  /** Gas that each of them may use. */
  gasEach: bigint
}

/** Reveals and settles for others, by the contract `Keeper` at `keeper`. */
export function bringCall(keeper: Address, { openings, claims, gasEach }: KeeperBatch): MarketCall {
  const data = encodeFunctionData({
    abi: keeperAbi,
    functionName: 'bring',
    args: [
      gasEach,
      openings.map(({ guid, ...opening }) => ({ bountyGuid: guidToUint128(guid), ...opening })),
      claims.map(({ guid, account }) => ({ bountyGuid: guidToUint128(guid), account })),
    ],
  })
  return { to: getAddress(keeper), data }
}

/** The bounties and accounts of a keeper's calldata; undefined where it is no such call. */
export function readBringCall(data: Hex): BroughtItems | undefined {
  try {
    const { args } = decodeFunctionData({ abi: keeperAbi, data })
    const [, openings, claims] = args as readonly [bigint, readonly RawOpening[], readonly RawClaim[]]
    return {
      openings: openings.map(({ bountyGuid, author }) => ({ guid: guidFromUint128(bountyGuid), account: author })),
      claims: claims.map(({ bountyGuid, account }) => ({ guid: guidFromUint128(bountyGuid), account })),
    }
  } catch {
    return undefined
  }
}

/** What a keeper's batch is about. */
export interface BroughtItems {
  openings: readonly BroughtItem[]
  claims: readonly BroughtItem[]
}

/** An item of a keeper's batch: whose part in which bounty. */
export interface BroughtItem {
  guid: Guid
  account: Address
}

interface RawOpening {
  bountyGuid: bigint
  author: Address
}

interface RawClaim {
  bountyGuid: bigint
  account: Address
}

/** Locks NCT as an arbiter's stake. */
export function depositStakeCall(market: MarketAddresses, amount: bigint): MarketCall {
  const data = encodeFunctionData({ abi: arbiterStakingAbi, functionName: 'deposit', args: [amount] })
  return { to: getAddress(market.arbiterStaking), data }
}

/** Takes matured stake back. */
export function withdrawStakeCall(market: MarketAddresses, amount: bigint): MarketCall {
  const data = encodeFunctionData({ abi: arbiterStakingAbi, functionName: 'withdraw', args: [amount] })
  return { to: getAddress(market.arbiterStaking), data }
}

function registryCall(market: MarketAddresses, data: Hex): MarketCall {
  return { to: getAddress(market.bountyRegistry), data }
}
