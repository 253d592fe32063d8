import { isAddress } from 'viem'
import { z } from 'zod'

const address = z.string().refine((text) => isAddress(text), 'must be an Ethereum address')

/** `market.json`: how other programs find their way into a running market. */
export const marketFileSchema = z.object({
  /** Base URL of polyswarmd. */
  polyswarmd: z.string(),
  /** Base URL for programs of 2018, where there is a port for them. */
  polyswarmd2018: z.string().optional(),
  /** Base URL of the consumer API, of the service that people ask. */
  consumerApi: z.string().optional(),
  /** Where the page is on which people see the market and ask it. */
  dashboard: z.string().optional(),
  /** URL of the chain's JSON-RPC. */
  chainRpc: z.string(),
  /** Where accounts get NCT from: `POST` with `{"account": "0x…"}`. */
  faucet: z.string().optional(),
  chainId: z.number().int().positive(),
  /** Addresses by the contracts' names: NectarToken, ArbiterStaking, BountyRegistry, Keeper, and with two chains ERC20Relay. */
  contracts: z.record(z.string(), address),
  /** The home chain, where the market has two: as above. */
  home: z
    .object({ chainRpc: z.string(), chainId: z.number().int().positive(), contracts: z.record(z.string(), address) })
    .optional(),
  /** Accounts by role, with the V3 keystore and the file that holds its password. */
  accounts: z.record(z.string(), z.object({ address, keyfile: z.string(), passwordFile: z.string() })),
})

/** See {@link marketFileSchema}. */
export type MarketFile = z.infer<typeof marketFileSchema>
