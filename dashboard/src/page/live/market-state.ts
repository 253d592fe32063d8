import type { BountyPhase, BountyWindows, Guid, MarketEvent, MarketEventOf } from '@polyswarm/protocol'
import { type LiveBounty, phaseOf } from './live-bounty.js'

/** Bounties that are over and still shown, and events of the log. What is older is forgotten. */
const MAX_FINISHED = 300
const MAX_BOUNTIES = 5_000
const MAX_LOG = 300

/** A line of the event log. */
export interface LoggedEvent {
  number: number
  event: MarketEvent
}

/** A bounty as a list of the daemon tells of it. */
export interface ListedBounty {
  guid: Guid
  phase: BountyPhase
  artifact_type: 'file' | 'url'
  author: LiveBounty['author']
  amount: bigint
  num_artifacts: number
  expiration: number
  assertions: number
  votes: number
  block_number: number
}

/**
 * The market as far as a page shows it: what is open, what was over lately, and the newest events. Built from the stream of
 * events; takes no more memory the longer it runs.
 */
export class MarketState {
  head = 0
  /** Windows of a bounty that was posted before this page was opened, in blocks: those in force. */
  windows: Pick<BountyWindows, 'assertionRevealWindow' | 'arbiterVoteWindow'> | null = null
  /** Grows with each change. */
  version = 0
  readonly bounties = new Map<Guid, LiveBounty>()
  readonly log: LoggedEvent[] = []
  #logged = 0
  /** Bounties told of since a snapshot began; null outside of one. */
  #told: Set<Guid> | null = null

  /** A connection begins: what is open may be told anew. */
  begin(): void {
    this.#told = new Set()
  }

  /** Takes an event in. */
  apply(event: MarketEvent): void {
    this.version++
    if (event.event !== 'block' && event.event !== 'connected') this.#write(event)
    switch (event.event) {
      case 'block':
        this.head = Math.max(this.head, event.data.number)
        this.#forget()
        break
      case 'snapshot':
        this.#endSnapshot(event.data.number)
        break
      case 'reorg':
        this.#takeBack(event.data.number)
        break
      case 'bounty':
        this.#post(event)
        break
      case 'assertion':
        this.#change(event.data.bounty_guid, ({ answers, answeredBy }) => ({
          answers: Math.max(answers, event.data.index + 1),
          answeredBy: answeredBy.includes(event.data.author) ? answeredBy : [...answeredBy, event.data.author],
        }))
        break
      case 'reveal':
        this.#change(event.data.bounty_guid, ({ reveals }) => ({ reveals: reveals + 1 }))
        break
      case 'vote':
        this.#change(event.data.bounty_guid, ({ votes }) => ({ votes: votes + 1 }))
        break
      case 'quorum':
        this.#change(event.data.bounty_guid, () => ({ quorum: true }))
        break
      case 'settled_bounty':
        this.#change(event.data.bounty_guid, ({ settled }) => ({ settled: settled + 1 }))
        break
    }
  }

  /** Takes in what a list says: bounties from before this page was opened, with what was said on them until now. */
  fill(listed: readonly ListedBounty[]): void {
    this.version++
    for (const row of listed) {
      const known = this.bounties.get(row.guid)
      this.bounties.set(row.guid, {
        ...(known ?? { reveals: 0, settled: 0, answeredBy: [] }),
        windows: known?.windows ?? (this.windows && { ...this.windows, expiration: row.expiration }),
        guid: row.guid,
        artifactType: row.artifact_type,
        author: row.author,
        amount: row.amount,
        artifacts: row.num_artifacts,
        postedAt: row.block_number,
        expiration: row.expiration,
        answers: Math.max(known?.answers ?? 0, row.assertions),
        votes: Math.max(known?.votes ?? 0, row.votes),
        quorum: (known?.quorum ?? false) || row.phase === 'quorum',
        version: (known?.version ?? 0) + 1,
      })
    }
    this.#forget()
  }

  #post({ data, block_number }: MarketEventOf<'bounty'>): void {
    this.#told?.add(data.guid)
    const known = this.bounties.get(data.guid)
    const { terms } = data
    const expiration = Number(data.expiration)
    this.bounties.set(data.guid, {
      ...(known ?? { answers: 0, reveals: 0, votes: 0, quorum: false, settled: 0, answeredBy: [] }),
      guid: data.guid,
      artifactType: data.artifact_type,
      author: data.author,
      amount: data.amount,
      artifacts: terms?.num_artifacts ?? known?.artifacts ?? null,
      postedAt: block_number,
      expiration,
      windows: terms
        ? {
            expiration,
            assertionRevealWindow: terms.assertion_reveal_window,
            arbiterVoteWindow: terms.arbiter_vote_window,
          }
        : (known?.windows ?? null),
      version: (known?.version ?? 0) + 1,
    })
  }

  #change(guid: Guid, change: (bounty: LiveBounty) => Partial<LiveBounty>): void {
    const bounty = this.bounties.get(guid)
    if (bounty) this.bounties.set(guid, { ...bounty, ...change(bounty), version: bounty.version + 1 })
  }

  /** Everything that is open has been told: what was taken for open and was not among it is over, or never was. */
  #endSnapshot(head: number): void {
    for (const bounty of this.bounties.values()) {
      if (phaseOf(bounty, this.head) !== 'finished' && !this.#told?.has(bounty.guid)) this.bounties.delete(bounty.guid)
    }
    this.#told = null
    this.head = Math.max(this.head, head)
    this.#forget()
  }

  /** What blocks above `number` said did not happen; what they said of older bounties is asked for anew. */
  #takeBack(number: number): void {
    this.head = Math.min(this.head, number)
    for (const bounty of this.bounties.values()) if (bounty.postedAt > number) this.bounties.delete(bounty.guid)
  }

  #write(event: MarketEvent): void {
    this.log.push({ number: ++this.#logged, event })
    if (this.log.length > 2 * MAX_LOG) this.log.splice(0, this.log.length - MAX_LOG)
  }

  /** Of what is over the oldest goes; of what is open, as well, where it is more than a page can hold. */
  #forget(): void {
    if (this.bounties.size <= MAX_FINISHED) return
    const finished = [...this.bounties.values()].filter((bounty) => phaseOf(bounty, this.head) === 'finished')
    finished.sort((a, b) => a.postedAt - b.postedAt)
    for (const { guid } of finished.slice(0, Math.max(finished.length - MAX_FINISHED, 0))) this.bounties.delete(guid)
    for (const guid of this.bounties.keys()) {
      if (this.bounties.size <= MAX_BOUNTIES) return
      this.bounties.delete(guid)
    }
  }
}
