import { bountyRegistryAbi, nectarTokenAbi } from '@polyswarm/protocol'
import { type Address, createPublicClient, http } from 'viem'
import type { MarketFile } from '../market-file.js'

/** All NCT at one moment, as the chain has them. */
export interface MoneyCount {
  block: bigint
  supply: bigint
  /** Everything that the market's accounts and contracts, those that the deployer paid, and the given parties hold. */
  held: bigint
}

/** Counts a market's money on the chain itself, without polyswarmd. */
export class MoneyCheck {
  readonly #market: MarketFile
  readonly #chain

  constructor(market: MarketFile) {
    this.#market = market
    this.#chain = createPublicClient({ transport: http(market.chainRpc), cacheTime: 0 })
  }

  /** @param parties accounts that are not the market's own, such as engines of the reader's. */
  async count(parties: readonly Address[] = []): Promise<MoneyCount> {
    const block = await this.#chain.getBlockNumber()
    const own = Object.values(this.#market.accounts).map(({ address }) => address)
    const given = await this.#givenUntil(block)
    const contracts = Object.values(this.#market.contracts)
    const holders = [...new Set([...own, ...given, ...contracts, ...parties].map((address) => address.toLowerCase()))]
    const token = {
      address: this.#market.contracts.NectarToken as Address,
      abi: nectarTokenAbi,
      blockNumber: block,
    } as const
    const balances = await Promise.all(
      holders.map((holder) =>
        this.#chain.readContract({ ...token, functionName: 'balanceOf', args: [holder as Address] }),
      ),
    )
    const supply = await this.#chain.readContract({ ...token, functionName: 'totalSupply' })
    return { block, supply, held: balances.reduce((sum, balance) => sum + balance, 0n) }
  }

  /** Whether between two counts no unit came or went, other than by the burning that the registry announced. */
  async isConserved(before: MoneyCount, after: MoneyCount): Promise<boolean> {
    const burned = await this.#burnedBetween(before.block, after.block)
    return after.held === after.supply && before.supply - after.supply === burned
  }

  /** Who got money of the deployer, by the faucet or otherwise, or of the relay, from another chain. */
  async #givenUntil(block: bigint): Promise<Address[]> {
    const { accounts, contracts } = this.#market
    const payers = [accounts.deployer?.address, contracts.ERC20Relay].filter(
      (payer) => payer !== undefined,
    ) as Address[]
    const events = await this.#chain.getContractEvents({
      address: this.#market.contracts.NectarToken as Address,
      abi: nectarTokenAbi,
      eventName: 'Transfer',
      args: { from: payers },
      fromBlock: 0n,
      toBlock: block,
      strict: true,
    })
    return events.map(({ args }) => args.to)
  }

  async #burnedBetween(from: bigint, to: bigint): Promise<bigint> {
    const address = this.#market.contracts.BountyRegistry as Address
    const range = { address, abi: bountyRegistryAbi, fromBlock: from + 1n, toBlock: to, strict: true } as const
    const bids = await this.#chain.getContractEvents({ ...range, eventName: 'BurnedBids' })
    const dust = await this.#chain.getContractEvents({ ...range, eventName: 'BurnedDust' })
    return [...bids, ...dust].reduce((sum, { args }) => sum + args.amount, 0n)
  }
}
