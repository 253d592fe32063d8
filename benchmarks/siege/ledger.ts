import { arbiterStakingAbi, formatNct, nectarTokenAbi } from '@polyswarm/protocol'
import { type Address, createPublicClient, getAddress, http } from 'viem'
import type { BesiegedMarket } from './besieged-market.ts'
import { BountyLog, type LoggedBounty, lastBlockOf } from './bounty-log.ts'
import { type HonestParties, honestLosses, paymentsOf } from './honest-losses.ts'

/** Blocks after the end of a bounty by which everybody must have settled. */
const SETTLEMENT_LIMIT_BLOCKS = 50

/** Losses that are kept word for word; the rest is counted. */
const MAX_LOSSES = 200

/** How many bounties of whom are over. */
export interface BountyCounts {
  honest: number
  hostile: number
  /** Honest assertions on either. */
  assertions: number
  open: number
}

/** What became of every bounty and of everybody's money, by the chain alone. A bounty that is judged is forgotten. */
export class Ledger {
  readonly start: bigint
  readonly losses: string[] = []
  readonly #besieged: BesiegedMarket
  readonly #log: BountyLog
  readonly #honest: HonestParties
  readonly #purses: ReadonlyMap<Address, string>
  readonly #chain
  readonly #before = new Map<Address, bigint>()
  readonly #supply: bigint
  readonly #counts = { honest: 0, hostile: 0, assertions: 0 }
  /** What each account has got from the bounties that are over, less what it has put in. */
  readonly #earned = new Map<Address, bigint>()

  private constructor(
    besieged: BesiegedMarket,
    purses: ReadonlyMap<Address, string>,
    { start, supply }: { start: bigint; supply: bigint },
  ) {
    const { accounts } = besieged.market.file
    const names = Object.entries(accounts).map(([role, { address }]) => [getAddress(address), role] as const)
    this.#besieged = besieged
    this.#purses = purses
    this.#honest = { names: new Map(names), ambassador: besieged.besieged.ambassador }
    this.#log = new BountyLog(besieged.besieged, start + 1n)
    this.#chain = createPublicClient({ transport: http(besieged.besieged.chainRpc), cacheTime: 0 })
    this.start = start
    this.#supply = supply
  }

  /** Begins with what everybody has now. No bounty must be open. */
  static async open(besieged: BesiegedMarket, purses: ReadonlyMap<Address, string>): Promise<Ledger> {
    const { chainRpc, contracts } = besieged.besieged
    const chain = createPublicClient({ transport: http(chainRpc), cacheTime: 0 })
    const token = { address: contracts.nectarToken, abi: nectarTokenAbi } as const
    const start = await chain.getBlockNumber()
    const supply = await chain.readContract({ ...token, functionName: 'totalSupply' })
    const ledger = new Ledger(besieged, purses, { start, supply })
    for (const address of ledger.#honest.names.keys())
      ledger.#before.set(address, await ledger.#wealthOf(address, start))
    return ledger
  }

  get head(): number {
    return this.#log.head
  }

  get counts(): BountyCounts {
    return { ...this.#counts, open: this.#log.bounties.size }
  }

  /** Reads what is new, and judges what is over. */
  async update(): Promise<void> {
    await this.#log.update()
    for (const [guid, bounty] of this.#log.bounties) {
      if (this.head <= lastBlockOf(bounty) + SETTLEMENT_LIMIT_BLOCKS) continue
      this.#log.bounties.delete(guid)
      this.#judge(bounty)
    }
  }

  /** NCT that each attack's own purses have gained, or lost where negative, on bounties that are over. */
  gains(): Record<string, string> {
    const gains = new Map<string, bigint>()
    for (const [address, earned] of this.#earned) {
      const attack = this.#purses.get(address) ?? ''
      if (attack === '') continue
      gains.set(attack, (gains.get(attack) ?? 0n) + earned)
    }
    return Object.fromEntries([...gains].map(([attack, sum]) => [attack, formatNct(sum)]))
  }

  /** What is wrong with the money, in sentences: some came or went, or an honest account has not what it must have. */
  async audit(): Promise<string[]> {
    await this.update()
    const block = BigInt(this.head)
    const { contracts } = this.#besieged.besieged
    const token = { address: contracts.nectarToken, abi: nectarTokenAbi } as const
    const complaints: string[] = []
    const supply = await this.#chain.readContract({ ...token, functionName: 'totalSupply', blockNumber: block })
    const fall = formatNct(this.#supply - supply)
    const burned = formatNct(this.#log.burned)
    if (fall !== burned) complaints.push(`The supply fell by ${fall}, and ${burned} were burned.`)
    const holders = [...this.#honest.names.keys(), ...this.#purses.keys(), ...Object.values(contracts)]
    let held = 0n
    for (const holder of new Set(holders)) held += await this.#balanceOf(holder, block)
    if (held !== supply) complaints.push(`The accounts hold ${formatNct(held)} of ${formatNct(supply)}.`)
    for (const [address, name] of this.#honest.names) {
      const due = (this.#before.get(address) ?? 0n) + (this.#earned.get(address) ?? 0n) + this.#pending(address)
      const has = await this.#wealthOf(address, block)
      if (has < due) complaints.push(`${name} has ${formatNct(has)}, and must have ${formatNct(due)}.`)
    }
    return complaints
  }

  #judge(bounty: LoggedBounty): void {
    const { names, ambassador } = this.#honest
    this.#counts[bounty.author === ambassador ? 'honest' : 'hostile']++
    this.#counts.assertions += bounty.assertions.filter(({ author }) => names.has(author)).length
    for (const loss of honestLosses(bounty, this.#honest)) {
      if (this.losses.length < MAX_LOSSES) this.losses.push(loss)
    }
    for (const [address, flow] of flowsOf(bounty)) this.#earned.set(address, (this.#earned.get(address) ?? 0n) + flow)
  }

  /** What an account has got from bounties that are not over yet, less what it has put in. */
  #pending(address: Address): bigint {
    return [...this.#log.bounties.values()].reduce((sum, bounty) => sum + (flowsOf(bounty).get(address) ?? 0n), 0n)
  }

  /** What an account has in hand and at stake. */
  async #wealthOf(address: Address, blockNumber: bigint): Promise<bigint> {
    const { arbiterStaking } = this.#besieged.besieged.contracts
    const staking = { address: arbiterStaking, abi: arbiterStakingAbi, functionName: 'balanceOf' } as const
    const staked = await this.#chain.readContract({ ...staking, args: [address], blockNumber })
    return staked + (await this.#balanceOf(address, blockNumber))
  }

  #balanceOf(address: Address, blockNumber: bigint): Promise<bigint> {
    const token = { address: this.#besieged.besieged.contracts.nectarToken, abi: nectarTokenAbi } as const
    return this.#chain.readContract({ ...token, functionName: 'balanceOf', args: [address], blockNumber })
  }
}

/** What each party got out of a bounty so far, less what it put in. */
function flowsOf(bounty: LoggedBounty): Map<Address, bigint> {
  const flows = new Map([...paymentsOf(bounty)].map(([address, paid]) => [address, -paid]))
  for (const { settler, payout } of bounty.settlements) flows.set(settler, (flows.get(settler) ?? 0n) + payout)
  return flows
}
