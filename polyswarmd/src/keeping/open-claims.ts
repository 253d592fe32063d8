import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Guid, parseJson, voteEnd } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { readBounty } from '../ledger/bounty-reader.js'
import { LONGEST_WINDOWS } from '../ledger/bounty-windows.js'
import type { Ledger, LogEntry } from '../ledger/ledger.js'

/** An account that anybody can settle for. */
export interface DueClaim {
  guid: Guid
  account: Address
  numArtifacts: number
  /** The block in which it became due. */
  since: number
  /** The first block in which everybody on the bounty can be settled for. */
  end: number
}

interface OpenBounty {
  place: number
  guid: Guid
  author: Address
  numArtifacts: number
  end: number
  quorum: number | null
  /** Whether each account that has something to settle has voted as well. */
  accounts: Map<Address, boolean>
}

/** Blocks after the end of a bounty for which its claims are told of; older ones are for the parties themselves. */
const REMEMBERED = 1_000

/** Longest time to assert, in blocks: `MAX_DURATION` of MarketGovernance.sol. */
const LONGEST_DURATION = 100

/** Entries of the log that are read in one turn of the event loop. */
const STEP = 500

/**
 * Who has not settled yet, from the events of one chain. Read when it is asked for, and from then on only what is new: a
 * look costs what has happened since the last, and what is held are the bounties that are open.
 */
export class OpenClaims {
  readonly #ledger: Ledger
  readonly #bounties = new Map<Guid, OpenBounty>()
  #position: number | undefined
  #place = 0
  #lastReorg = 0
  #reading: Promise<void> | undefined

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /**
   * Claims that can be settled in the next block, by the order in which their bounties were posted.
   *
   * @param after the place of the last bounty of the page before; 0 for the first.
   * @param limit claims of a page. Those of a bounty are on one page; where they are more than that, the rest comes
   * when the first are settled.
   * @returns the claims, and where the next page begins; null at the end.
   */
  async due(after: number, limit: number, author?: Address): Promise<{ claims: DueClaim[]; next: number | null }> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
    const block = (this.#ledger.head?.number ?? -1) + 1
    const claims: DueClaim[] = []
    let last = after
    for (const bounty of this.#bounties.values()) {
      if (bounty.place <= after || (author !== undefined && bounty.author !== author)) continue
      const due = dueOf(bounty, block)
      if (due.length === 0) continue
      if (claims.length > 0 && claims.length + due.length > limit) return { claims, next: last }
      for (const claim of due.slice(0, limit)) claims.push(claim)
      last = bounty.place
    }
    return { claims, next: null }
  }

  async #read(): Promise<void> {
    const ledger = this.#ledger
    if (this.#position === undefined) this.#restart()
    for (;;) {
      const entries = ledger.entriesAfter(this.#position ?? 0, STEP)
      const isWhole = entries.every((entry) => this.#take(entry))
      if (isWhole && entries.length < STEP) break
      await nextTurn()
    }
    const oldest = (ledger.head?.number ?? 0) - REMEMBERED
    for (const { guid, end } of this.#bounties.values()) {
      if (end >= oldest) break
      this.#bounties.delete(guid)
    }
  }

  /** At the first look, and when blocks were taken back: from before the oldest bounty that is of interest. */
  #restart(): void {
    const ledger = this.#ledger
    this.#bounties.clear()
    const longest = ledger.prepare(`SELECT (${LONGEST_WINDOWS}) AS blocks`).get()
    const oldest = (ledger.head?.number ?? 0) - REMEMBERED - LONGEST_DURATION - Number(longest?.blocks ?? 0)
    const first = ledger
      .prepare('SELECT position FROM log WHERE block_number >= ? ORDER BY block_number, position LIMIT 1')
      .get(oldest)
    this.#position = Number(first?.position ?? 1) - 1
  }

  /** @returns whether what follows it can be taken; not where all is to be read again. */
  #take({ position, blockNumber, event, data }: LogEntry): boolean {
    this.#position = position
    switch (event) {
      case 'reorg':
        // What was taken back is not in the log any more; it is read again without that.
        if (position <= this.#lastReorg) break
        this.#lastReorg = position
        this.#restart()
        return false
      case 'bounty':
        this.#open(fieldOf(data, 'guid') as Guid)
        break
      case 'assertion':
        this.#add(fieldOf(data, 'bounty_guid') as Guid, fieldOf(data, 'author') as Address, false)
        break
      case 'vote':
        this.#add(fieldOf(data, 'bounty_guid') as Guid, fieldOf(data, 'voter') as Address, true)
        break
      case 'quorum': {
        const bounty = this.#bounties.get(fieldOf(data, 'bounty_guid') as Guid)
        if (bounty) bounty.quorum ??= blockNumber
        break
      }
      case 'settled_bounty':
        this.#settle(fieldOf(data, 'bounty_guid') as Guid, fieldOf(data, 'settler') as Address, blockNumber)
        break
    }
    return true
  }

  #open(guid: Guid): void {
    const bounty = readBounty(this.#ledger, guid)
    if (!bounty) return
    const { author, numArtifacts } = bounty
    const accounts = new Map([[author, false]])
    this.#bounties.set(guid, {
      place: ++this.#place,
      ...{ guid, author, numArtifacts, end: voteEnd(bounty), quorum: null, accounts },
    })
  }

  #add(guid: Guid, account: Address, voted: boolean): void {
    const accounts = this.#bounties.get(guid)?.accounts
    accounts?.set(account, voted || accounts.get(account) === true)
  }

  /** Who settles before the end of a vote that it took part in is still due its fees. */
  #settle(guid: Guid, account: Address, block: number): void {
    const bounty = this.#bounties.get(guid)
    if (!bounty || (bounty.accounts.get(account) === true && block < bounty.end)) return
    bounty.accounts.delete(account)
    if (bounty.accounts.size === 0 && block >= bounty.end) this.#bounties.delete(guid)
  }
}

function dueOf({ guid, numArtifacts, end, quorum, accounts }: OpenBounty, block: number): DueClaim[] {
  if (block < end && quorum === null) return []
  return [...accounts].flatMap(([account, voted]) => {
    const since = voted || quorum === null ? end : quorum
    return block < since ? [] : [{ guid, account, numArtifacts, since, end }]
  })
}

function fieldOf(data: string, name: string): unknown {
  return (parseJson(data) as Record<string, unknown>)[name]
}
