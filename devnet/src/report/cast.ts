import type { Address } from 'viem'
import type { MarketFile } from '../market-file.js'

/** Who is who in the story: names by address. A stranger, such as the reader's own engine, goes by a short address. */
export class Cast {
  readonly #names: ReadonlyMap<string, string>

  constructor(market: Pick<MarketFile, 'accounts'>) {
    const entries = Object.entries(market.accounts)
    this.#names = new Map(entries.map(([role, { address }]) => [address.toLowerCase(), role]))
  }

  nameOf(address: Address): string {
    return this.#names.get(address.toLowerCase()) ?? `${address.slice(0, 6)}…${address.slice(-4)}`
  }
}
