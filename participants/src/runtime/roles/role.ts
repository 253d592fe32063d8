import type { Guid, MarketCall, MarketEvent, QuoteResult } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import type { MetadataUploader } from '../../client/metadata-uploader.js'
import type { PolyswarmdClient } from '../../client/polyswarmd-client.js'
import type { BountyAnnouncement, BountyRecord } from '../journal/bounty-book.js'
import type { BountyStanding } from '../journal/bounty-standing.js'
import type { Terms } from '../journal/bounty-terms.js'
import type { Journal } from '../journal/journal.js'
import type { ActionKind, MarketAction } from '../market/market-action.js'
import type { MarketParameters } from '../market/market-parameters.js'
import type { TermsLookup } from '../reconciliation/terms-lookup.js'

/** A bounty whose terms are known. */
export type KnownBounty = BountyRecord & { terms: Terms }

/** What a role works with. */
export interface ParticipantContext {
  client: PolyswarmdClient
  journal: Journal
  account: Address
  logger: Logger
  uploader: MetadataUploader
  terms: TermsLookup
  parameters: MarketParameters
  /** Blocks after which what the chain said is taken to be for good. */
  confirmations: number
  /** How fast transactions are sent and blocks come. */
  pace(): { each: number | undefined; blockTime: number | undefined }
  /** Has something done that does not follow from a bounty, such as posting one; again and again, it is one attempt at a time. */
  request(guid: Guid | null, kind: ActionKind): void
  /** Something has come that a decision on a bounty waited for. */
  reconsider(guid: Guid): void
  /**
   * What the node says of calls of this account, as if they were mined in the next block.
   *
   * @throws what TransactionSender.submit throws.
   */
  simulate(calls: readonly MarketCall[], head: number): Promise<QuoteResult['calls']>
  /**
   * Sends something that belongs to no duty of this participant; the outbox looks after it.
   *
   * @throws what TransactionSender.submit throws.
   */
  submit(action: MarketAction, head: number, signal: AbortSignal): Promise<void>
}

/** What tells a microengine, an arbiter, an ambassador and a keeper apart; all else is the participant's. */
export interface Role {
  readonly name: 'microengine' | 'arbiter' | 'ambassador' | 'keeper'

  /**
   * Before the first event.
   *
   * @throws what makes it impossible to take part.
   */
  setup(context: ParticipantContext, signal: AbortSignal): Promise<void>

  /** After the last event; also after a setup that failed. */
  teardown?(): Promise<void>

  /**
   * Hands the next event on, or undefined at the end; without it, each is handed on as it comes.
   *
   * @param next waits for the market's next event.
   */
  waitForEvent?(next: () => Promise<MarketEvent | undefined>): Promise<MarketEvent | undefined>

  /** Takes in what happened on the market, before the journal does. */
  notice?(event: MarketEvent): void

  /** Whatever else is due, each time the chain has moved. */
  work(head: number, signal: AbortSignal): Promise<void>

  /** Whether all that the participant was started for is done; without it, it never is. */
  finished?(): boolean

  /** How it decides on bounties; absent where it decides on none. */
  readonly decisions?: Decisions
}

/** How a role decides on the bounties that others post. */
export interface Decisions {
  /** Whether it is to decide on each bounty, as far as it can. Otherwise it leaves out what there is no time for. */
  readonly mustDecide: boolean

  /** Whether to take a bounty down at all. `head` is the newest block of the chain. */
  wants(bounty: BountyAnnouncement, head: number): boolean

  /** The last block at which, being the newest, a decision on a bounty is still of use. */
  decideBy(bounty: Pick<BountyStanding, 'expiration' | 'windows'>): number

  /** How many artifacts there are to judge on a bounty. */
  workload(bounty: BountyStanding): number

  /** Why a bounty is not to be decided on for now, in words that can follow a colon; undefined where it can be. */
  holdsBack?(bounty: BountyStanding, head: number): string | undefined

  /**
   * Decides on a bounty and writes the decision down. The signal fires when {@link decideBy} has passed.
   *
   * @returns whether its artifacts were judged: only then it shows how long that takes.
   * @throws retryable errors to be called again later; any other is a refusal of the bounty.
   */
  decide(bounty: KnownBounty, signal: AbortSignal): Promise<boolean>
}
