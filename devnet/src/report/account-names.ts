import type { Address } from 'viem'
import type { MarketFile } from '../market-file.js'

/** Who is who in the story: names by address. A stranger, such as the reader's own engine, goes by a short address. */
export class AccountNames {
  readonly #names: ReadonlyMap<string, string>

  constructor(market: Pick<MarketFile, 'accounts'>) {
    const entries = Object.entries(market.accounts)
    this.#names = new Map(entries.map(([role, { address }]) => [address.toLowerCase(), role]))
  }

  /** Indices of parties in the order of the market's accounts, strangers behind them: the same in every bounty. */
  order(parties: readonly Address[]): number[] {
    const roles = [...this.#names.keys()]
    const place = (index: number) => {
      const known = roles.indexOf((parties[index] ?? '').toLowerCase())
      return known === -1 ? roles.length : known
    }
    return parties.map((_, index) => index).sort((a, b) => place(a) - place(b) || a - b)
  }

  nameOf(address: Address): string {
    return this.#names.get(address.toLowerCase()) ?? `${address.slice(0, 6)}…${address.slice(-4)}`
  }
}
