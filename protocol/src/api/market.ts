import { z } from 'zod'
import { address, count } from './encodings.js'

/** Result of `GET /contracts`: the contracts of one chain, which a participant pins when it first meets a market. */
export const contractsResult = z.object({
  chain_id: count,
  free: z.boolean(),
  nectar_token_address: address,
  arbiter_staking_address: address,
  bounty_registry_address: address,
  keeper_address: address.optional(),
  erc20_relay_address: address.optional(),
  offer_registry_address: address.optional(),
})

/** See {@link contractsResult}. */
export type ContractsResult = z.infer<typeof contractsResult>

const chainStatus = z.union([
  z.object({ reachable: z.literal(true), syncing: z.boolean(), block: count }),
  z.object({ reachable: z.literal(false) }),
])

/** Result of `GET /status`; a chain that is not configured is absent. */
export const statusResult = z.object({
  community: z.string(),
  home: chainStatus.optional(),
  side: chainStatus.optional(),
  artifact_services: z.record(z.string(), z.object({ reachable: z.boolean() })),
})

/** See {@link statusResult}. */
export type StatusResult = z.infer<typeof statusResult>
