import { readFile } from 'node:fs/promises'
import { type ContractsResult, type MarketAddresses, parseJson } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { getAddress, isAddress } from 'viem/utils'
import { z } from 'zod'
import type { ChainName } from '../../client/polyswarmd-client.js'
import { MarketFileError, MarketMismatchError } from '../../errors.js'

/** The one market that a participant signs for. */
export interface MarketPin extends MarketAddresses {
  chainId: number
  /** The contract for batches of keepers; absent where the market has none. */
  keeper?: Address | undefined
  /** The end of the bridge to the other chain; absent where the market has none, or none is known yet. */
  relay?: Address | undefined
}

const address = z
  .string()
  .refine((text) => isAddress(text))
  .transform((text): Address => getAddress(text))

const marketOfChain = z.object({
  chainId: z.number().int().positive(),
  contracts: z.object({
    NectarToken: address,
    ArbiterStaking: address,
    BountyRegistry: address,
    Keeper: address.optional(),
    ERC20Relay: address.optional(),
  }),
})

const marketFile = marketOfChain.extend({ home: marketOfChain.optional() })

/**
 * Reads the contracts of a market from the `market.json` that the embedded market writes. Where it has a part for the home
 * chain, that one holds there.
 *
 * @throws MarketFileError where the file cannot be read or names no market.
 */
export async function readMarketFile(path: string, chain: ChainName = 'side'): Promise<MarketPin> {
  const text = await textOf(path)
  try {
    const { home, ...only } = marketFile.parse(parseJson(text))
    const { chainId, contracts } = (chain === 'home' ? home : undefined) ?? only
    const { NectarToken: nectarToken, ArbiterStaking: arbiterStaking, BountyRegistry: bountyRegistry } = contracts
    const { Keeper: keeper, ERC20Relay: relay } = contracts
    return { chainId, nectarToken, arbiterStaking, bountyRegistry, keeper, relay }
  } catch {
    throw new MarketFileError({ path, reason: 'it does not hold chainId and contracts' })
  }
}

/**
 * The address of polyswarmd that a `market.json` names; undefined where it names none, as the file of a market that others
 * run need not.
 *
 * @throws MarketFileError where the file cannot be read.
 */
export async function readGatewayAddress(path: string): Promise<string | undefined> {
  const text = await textOf(path)
  try {
    return z.object({ polyswarmd: z.string().optional().catch(undefined) }).parse(parseJson(text)).polyswarmd
  } catch {
    throw new MarketFileError({ path, reason: 'it does not hold a JSON object' })
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new MarketFileError({ path, reason: (error as Error).message })
  }
}

/** The market that a polyswarmd says it serves. */
export function marketOfGateway(contracts: ContractsResult): MarketPin {
  return {
    chainId: contracts.chain_id,
    nectarToken: contracts.nectar_token_address,
    arbiterStaking: contracts.arbiter_staking_address,
    bountyRegistry: contracts.bounty_registry_address,
    keeper: contracts.keeper_address,
    relay: contracts.erc20_relay_address,
  }
}

/**
 * Holds a market against the pinned one. The keeper is no part of that: it holds nothing, and one that is false costs the
 * gas of a batch. Nor is the relay: who sends nothing to it has bounties to finish, whatever becomes of it; see
 * {@link checkRelay}.
 *
 * @throws MarketMismatchError naming the first difference.
 */
export function checkMarket(pinned: MarketPin, got: MarketPin): void {
  for (const field of ['chainId', 'nectarToken', 'arbiterStaking', 'bountyRegistry'] as const) {
    if (String(pinned[field]) !== String(got[field])) {
      throw new MarketMismatchError({ field, pinned: String(pinned[field]), got: String(got[field]) })
    }
  }
}

/**
 * Holds the relay of a market against the pinned one, where both name one.
 *
 * @throws MarketMismatchError
 */
export function checkRelay({ relay: pinned }: MarketPin, { relay: got }: MarketPin): void {
  if (pinned === undefined || got === undefined || pinned === got) return
  throw new MarketMismatchError({ field: 'relay', pinned, got })
}
