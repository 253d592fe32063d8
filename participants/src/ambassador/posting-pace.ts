import type { Guid } from '@polyswarm/protocol'
import { Usual } from './usual.js'

/** Bounties that may wait for their answers: at the start, and at least. */
const FIRST_LIMIT = 6
const LEAST_LIMIT = 1
/** Until a limit was found, so much is added for each bounty that has its answers. */
const SLOW_START = 0.5
/** The latest answer counts so much in how long answers take now. */
const WEIGHT = 1 / 16
/** The quickest that was ever usual counts so much more with each block: engines come and go. */
const FADING = 1 / 512
/** Answers that take longer than so many times the least that was usual, and a block, show a market out of breath. */
const LATE = 1.75
/** So does having a smaller part of the usual answers or reveals. */
const FEW = 0.7
/** The limit falls by this factor at most. */
const LARGEST_CUT = 0.5

interface OpenBounty {
  /** The newest block when it was begun. */
  since: number
  posted: number | undefined
  /** Blocks after its expiration. */
  revealWindow: number
  answers: number
  reveals: number
  isWaiting: boolean
  /** Whether its answers were counted: by then, most of those are there that come at all. */
  isLookedAt: boolean
}

/**
 * How fast an ambassador posts: as fast as the market answers. Bounties that nobody has time for cost their fee, and the
 * work on them is missing elsewhere; so with more to post than fits, posting all of it would make less be judged.
 *
 * A limited number of bounties waits for most of the usual answers; each that has them makes room for the next. While answers
 * are as quick as ever the limit grows; where they get slow, or most of the usual ones are missing, it falls, as TCP Vegas does
 * with packets. Nobody else is asked, and several ambassadors that do so share a market. Engines that are slow always, or
 * choose what they answer, are no sign of load.
 */
export class PostingPace {
  readonly #window: number
  readonly #open = new Map<Guid, OpenBounty>()
  #waiting = 0
  #limit = FIRST_LIMIT
  #limitFound = false
  #head = 0
  /** Bounties that were begun up to this block say nothing of the limit that is in force now. */
  #changedAt = Number.NEGATIVE_INFINITY
  /** Blocks that an answer takes, now and at best; undefined before the first. */
  #delay: number | undefined
  #leastDelay = Number.POSITIVE_INFINITY
  readonly #answers = new Usual()
  readonly #reveals = new Usual()

  /** @param duration blocks from posting to expiration. */
  constructor(duration: number) {
    this.#window = duration
  }

  /** Bounties that may wait for their answers. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** How many bounties there are to look at: those whose answers are awaited, and those that can be begun. */
  get room(): number {
    return this.#open.size + Math.max(this.limit - this.#waiting, 0)
  }

  /** `head` is the newest block. */
  advance(head: number): void {
    const passed = Math.max(head - this.#head, 0)
    this.#head = head
    this.#leastDelay *= (1 + FADING) ** passed
    this.#answers.fade(passed)
    this.#reveals.fade(passed)
    // Who has not answered for twice as long as is late is not going to.
    const patience = this.#delay === undefined ? this.#window : Math.min(2 * this.#late, this.#window)
    for (const [guid, bounty] of this.#open) {
      const { posted, since, revealWindow } = bounty
      if (posted === undefined) {
        if (head > since + 4 * this.#window) this.forget(guid)
      } else if (head > posted + this.#window + revealWindow) {
        this.forget(guid)
        this.#reveals.add(bounty.reveals)
        this.#lowerWhereFew(since, this.#reveals)
      } else if (head > posted + patience && !bounty.isLookedAt) {
        bounty.isLookedAt = true
        this.#release(bounty)
        this.#answers.add(bounty.answers)
        this.#lowerWhereFew(since, this.#answers)
      }
    }
  }

  /** Begins a bounty, unless it is to wait. @returns whether it is under way, also where it was before. */
  begin(guid: Guid): boolean {
    if (this.#open.has(guid)) return true
    if (this.#waiting >= this.limit) return false
    this.#waiting++
    this.#open.set(guid, {
      ...{ since: this.#head, posted: undefined, revealWindow: 0 },
      ...{ answers: 0, reveals: 0, isWaiting: true, isLookedAt: false },
    })
    return true
  }

  /** A bounty is on the chain. @param revealWindow blocks in which answers are revealed. */
  posted(guid: Guid, block: number, revealWindow: number): void {
    const bounty = this.#open.get(guid)
    if (!bounty) return
    bounty.posted ??= block
    bounty.revealWindow = revealWindow
  }

  /** An engine's assertion on a bounty was mined. */
  answered(guid: Guid, block: number): void {
    const bounty = this.#open.get(guid)
    if (bounty?.posted === undefined) return
    const delay = block - bounty.posted
    this.#delay = this.#delay === undefined ? delay : this.#delay + (delay - this.#delay) * WEIGHT
    this.#leastDelay = Math.min(this.#leastDelay, this.#delay)
    bounty.answers++
    if (!bounty.isWaiting || bounty.answers < this.#answers.best * FEW) return
    this.#adjust(bounty, this.#delay)
    this.#release(bounty)
  }

  /** An engine's answer was revealed. */
  revealed(guid: Guid): void {
    const bounty = this.#open.get(guid)
    if (bounty) bounty.reveals++
  }

  /** A bounty is over, or not going to be posted. */
  forget(guid: Guid): void {
    const bounty = this.#open.get(guid)
    if (bounty) this.#release(bounty)
    this.#open.delete(guid)
  }

  get #late(): number {
    return this.#leastDelay * LATE + 1
  }

  #release(bounty: OpenBounty): void {
    if (bounty.isWaiting) this.#waiting--
    bounty.isWaiting = false
  }

  #adjust({ since }: OpenBounty, delay: number): void {
    const late = this.#late
    if (delay > late) this.#lower(since, late / delay)
    // A limit that is not reached says nothing of a higher one.
    else if (this.#waiting * 2 >= this.limit) this.#limit += this.#limitFound ? 1 / this.#limit : SLOW_START
  }

  #lowerWhereFew(since: number, { part }: Usual): void {
    if (part < FEW) this.#lower(since, part)
  }

  #lower(since: number, factor: number): void {
    if (since <= this.#changedAt) return
    this.#limit = Math.max(this.#limit * Math.max(factor, LARGEST_CUT), LEAST_LIMIT)
    this.#limitFound = true
    this.#changedAt = this.#head
  }
}
