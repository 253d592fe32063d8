import {
  type BroughtItems,
  bringCall,
  type Guid,
  type ListedClaim,
  type ListedOpening,
  type MarketEvent,
  readBringCall,
} from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'
import { parseTransaction } from 'viem/utils'
import { NoKeeperContractError } from '../errors.js'
import type { ParticipantContext } from '../runtime/roles/role.js'
import { type BatchLimits, type PlannedBatch, planBatches } from './batch-plan.js'
import { DueForecast } from './due-forecast.js'
import { readDue } from './due-list.js'
import { isTimeToSettle } from './settlement-time.js'

/** How a keeper works. */
export interface BatcherOptions {
  limits: BatchLimits
  /** Blocks that a settlement may wait for others of its bounty, such as those that are due when the vote is over. */
  patience: number
  /** Only what is due on bounties of this account; all by default. */
  author?: Address | undefined
}

/** What a keeper does by default: half of a block of the usual size, and what is due to arbiters with the rest. */
export const KEEPER_DEFAULTS = { batchGas: 12_000_000n, batchItems: 100, patience: 16 } as const

/** Blocks after which what was sent is due again, where nothing came of it. */
const BLOCKS_UNTIL_AGAIN = 4

/**
 * Blocks after which a keeper asks although nothing is expected: engines hand over to keepers that have asked within the
 * last 10 blocks.
 */
const MOST_BLOCKS_UNASKED = 8

/** Blocks before the end of a reveal window from which on an opening waits for no others. */
const URGENT = 3

/**
 * Brings what is due onto the chain, in batches. What is under way is in the outbox, and so is not sent twice, not even
 * after a restart; what others have done meanwhile is left out by asking the node what a batch would do.
 */
export class Batcher {
  readonly #options: BatcherOptions
  readonly #context: ParticipantContext
  readonly #keeper: Address
  /** When items were sent, by name. */
  readonly #sent = new Map<string, number>()
  /** When openings on a bounty were seen first. */
  readonly #seen = new Map<Guid, number>()
  readonly #forecast: DueForecast
  #lookedAt = Number.NEGATIVE_INFINITY
  #askedAt = Number.NEGATIVE_INFINITY

  /** @throws NoKeeperContractError where the market has no contract for batches. */
  constructor(context: ParticipantContext, options: BatcherOptions) {
    this.#context = context
    this.#options = options
    const { market } = context.journal
    if (!market?.keeper) throw new NoKeeperContractError()
    this.#keeper = market.keeper
    const { patience, author } = options
    this.#forecast = new DueForecast({ patience, author, fromBeginning: context.journal.cursor === undefined })
  }

  /** Takes in what happened on the market. */
  notice(event: MarketEvent): void {
    this.#forecast.hear(event)
  }

  /** Sends what is due: looked at once a block while something can be, and now and then. */
  async work(head: number, signal: AbortSignal): Promise<void> {
    if (head <= this.#lookedAt) return
    this.#lookedAt = head
    if (!this.#forecast.expects(head) && head < this.#askedAt + MOST_BLOCKS_UNASKED) return
    this.#askedAt = head
    const { client, logger, journal, confirmations } = this.#context
    const { author, limits, patience } = this.#options
    const isTime = (claim: ListedClaim) => isTimeToSettle(claim, head, patience)
    const { openings, claims } = await readDue(client, { author, isTime }, signal)
    this.#remember(head, journal.outbox.unsettled(head - confirmations))
    const ready = this.#ready(openings, claims, head)
    for (const planned of planBatches(ready.openings, ready.claims, limits)) {
      // A settlement has no deadline: it fills up a batch of reveals, and holds up none.
      if (openings.length > 0 && planned.batch.openings.length === 0) break
      if (await this.#isOfUse(planned, head)) {
        const { batch, gas } = planned
        this.#note(batch, head)
        logger.info({ reveals: batch.openings.length, settlements: batch.claims.length }, 'bringing')
        await this.#context.submit({ kind: 'keep', batch, gas }, head, signal)
      } else this.#note(planned.batch, head)
    }
  }

  #ready(openings: readonly ListedOpening[], claims: readonly ListedClaim[], head: number) {
    for (const { bounty_guid } of openings) if (!this.#seen.has(bounty_guid)) this.#seen.set(bounty_guid, head)
    const listed = new Set(openings.map(({ bounty_guid }) => bounty_guid))
    for (const guid of this.#seen.keys()) if (!listed.has(guid)) this.#seen.delete(guid)
    const { patience } = this.#options
    return {
      // A block for the other engines of the bounty, which hand over at the same time.
      openings: openings.filter(
        ({ bounty_guid, author, end }) =>
          !this.#sent.has(nameOf('reveal', bounty_guid, author)) &&
          (head > (this.#seen.get(bounty_guid) ?? head) || head >= end - URGENT),
      ),
      claims: claims.filter(
        (claim) =>
          !this.#sent.has(nameOf('settle', claim.bounty_guid, claim.account)) && isTimeToSettle(claim, head, patience),
      ),
    }
  }

  /** What waits in the outbox is not sent again; what was sent a while ago and is still due is. */
  #remember(head: number, entries: readonly { id: number; kind: string; state: string; raw: Hex }[]): void {
    for (const [name, at] of this.#sent) if (head >= at + BLOCKS_UNTIL_AGAIN) this.#sent.delete(name)
    for (const { kind, state, raw } of entries) {
      if (kind !== 'keep' || state !== 'signed') continue
      const { data } = parseTransaction(raw)
      const items = data && readBringCall(data)
      if (items) this.#noteItems(items, head)
    }
  }

  /** Whether the node says that nothing of a batch can be done any more: others have been there. */
  async #isOfUse({ batch }: PlannedBatch, head: number): Promise<boolean> {
    const { simulate, logger } = this.#context
    const [call] = await simulate([bringCall(this.#keeper, batch)], head)
    const reason = call?.error ?? undefined
    if (reason !== undefined) logger.debug({ reason }, 'others have done what was due')
    return reason === undefined
  }

  #note({ openings, claims }: PlannedBatch['batch'], head: number): void {
    const opened = openings.map(({ guid, author }) => ({ guid, account: author }))
    this.#noteItems({ openings: opened, claims }, head)
  }

  #noteItems({ openings, claims }: BroughtItems, head: number): void {
    for (const { guid, account } of openings) this.#sent.set(nameOf('reveal', guid, account), head)
    for (const { guid, account } of claims) this.#sent.set(nameOf('settle', guid, account), head)
  }
}

function nameOf(what: 'reveal' | 'settle', guid: Guid, account: Address): string {
  return `${what} ${guid} ${account}`
}
