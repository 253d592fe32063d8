import { parseGatewayUrl } from '../client/gateway-url.js'
import { readGatewayAddress } from '../runtime/market/market.js'

/** What names the polyswarmd that a program talks to. */
export interface GatewayNames {
  polyswarmdAddr?: string | undefined
  /** Path of a `market.json`. */
  market?: string | undefined
}

/** Where polyswarmd listens unless it is told otherwise. */
export const USUAL_ADDRESS = 'http://localhost:31337'

/**
 * Where polyswarmd is: what the flag says, or the market file, or the usual address on this machine.
 *
 * @throws MarketFileError where the file cannot be read; InvalidGatewayAddressError for what is no address.
 */
export async function gatewayOf({ polyswarmdAddr, market }: GatewayNames): Promise<URL> {
  if (polyswarmdAddr !== undefined) return parseGatewayUrl(polyswarmdAddr)
  const named = market === undefined ? undefined : await readGatewayAddress(market)
  return parseGatewayUrl(named ?? USUAL_ADDRESS)
}
