import type { Guid, MarketEvent } from '@polyswarm/protocol'

/** Blocks for which a keeper that was seen is relied on, until it is seen again. */
const RELIED_ON = 256

/** Blocks that a settlement is left to a keeper, and as many again at most by which parties differ. */
const KEEPER_DELAY_BLOCKS = 24
const JITTER = 8

/** Blocks that a keeper needs to bring what it was handed over. */
const BLOCKS_TO_BRING = 2

/** Milliseconds that must be left of a reveal window, so that an engine can reveal after a keeper that did not. */
const TIME_TO_REVEAL = 2_000

/**
 * Whether there is a keeper, and how long to leave to it what it may do. There is one where the daemon says so, and where
 * one transaction has revealed or settled for two; there is none any more where something was left to it for nothing.
 */
export class KeeperWatch {
  #until = 0
  #last: { txhash: string; who: string } | undefined
  /** The newest block when each opening was handed over. */
  readonly #handedOver = new Map<Guid, number>()
  readonly #left = new Map<Guid, number>()
  readonly #blockTime: () => number | undefined

  /** @param blockTime milliseconds between two blocks; undefined while that is not known. */
  constructor(blockTime: () => number | undefined) {
    this.#blockTime = blockTime
  }

  /** Tells of an event of the market. */
  hear(event: MarketEvent): void {
    if (event.event !== 'reveal' && event.event !== 'settled_bounty') return
    const who = event.event === 'reveal' ? event.data.author : event.data.settler
    const { txhash, block_number: block } = event
    if (this.#last?.txhash === txhash && this.#last.who !== who) this.seen(block)
    this.#last = { txhash, who }
  }

  /** There is a keeper. */
  seen(head: number): void {
    this.#until = Math.max(this.#until, head + RELIED_ON)
  }

  /** What was left to a keeper was not done. */
  missed(): void {
    this.#until = 0
  }

  /** An opening was handed over. */
  handedOver(guid: Guid, head: number): void {
    this.#handedOver.set(guid, head)
  }

  /** What was handed over is not revealed: that is the keeper's fault where it had the time. */
  notRevealed(guid: Guid, head: number): void {
    if (head >= (this.#handedOver.get(guid) ?? head) + BLOCKS_TO_BRING) this.missed()
  }

  /** Whether the opening on a bounty was handed over; forgotten with a restart, after which it is handed over again. */
  isHandedOver(guid: Guid): boolean {
    return this.#handedOver.has(guid)
  }

  /**
   * The first block, as the newest, at which an assertion that was handed over is to be revealed by its engine itself: half
   * of the window is the keeper's, unless what is left then is too short a time to reveal in.
   *
   * @param delay blocks that this account's transactions take at the moment; what is left has to do for two of them.
   */
  revealFrom(expiration: number, revealWindow: number, head: number, delay = 0): number {
    const share = Math.max(Math.min(Math.floor(revealWindow / 2), revealWindow - 2 * delay - 1), 0)
    const rest = (revealWindow - share) * (this.#blockTime() ?? 0)
    return head < this.#until && rest >= TIME_TO_REVEAL ? expiration + share : expiration
  }

  /** The same for a settlement that is due from block `from` on. `salt` is the party's own. */
  settleFrom(guid: Guid, from: number, head: number, salt: number): number {
    if (head >= this.#until) return from
    const since = this.#left.get(guid) ?? Math.max(from, head)
    if (head >= from) this.#left.set(guid, since)
    return since + KEEPER_DELAY_BLOCKS + (salt % JITTER)
  }

  /** Whether a settlement was left to a keeper. */
  isLeft(guid: Guid): boolean {
    return this.#left.has(guid)
  }

  /** Nothing is left to be done on a bounty. */
  forget(guid: Guid): void {
    this.#handedOver.delete(guid)
    this.#left.delete(guid)
  }
}
