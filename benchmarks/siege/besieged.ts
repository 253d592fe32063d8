import type { MarketAddresses } from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'

/** What an attacker is told of the market: what anyone could find out, and the seed of its own keys. */
export interface Besieged {
  polyswarmd: string
  chainRpc: string
  chainId: number
  contracts: MarketAddresses
  offerRegistry: Address
  /** The ambassador of the market, whose transactions are raced. */
  ambassador: Address
  /** The keys of all purses are drawn from it. */
  seed: Hex
}

/**
 * An address of this machine; the siege goes nowhere else.
 *
 * @throws RangeError for any other.
 */
export function loopback(address: string): URL {
  const url = new URL(address)
  if (url.hostname !== '127.0.0.1') throw new RangeError(`${address} is not on 127.0.0.1: a siege stays on its machine`)
  return url
}
