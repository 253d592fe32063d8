import { CLOSE, type Subscriber } from '../stream/subscriber.js'
import { Allowance } from './allowance.js'
import type { Seal } from './offer-message.js'

/** Connections of one party: it needs one, and some more while it reconnects. */
const PLACES_OF_A_PARTY = 8

/** Connections of which nobody knows whose they are, and how many of them may come from one address. */
const OPEN_PLACES = 32
const OPEN_PLACES_OF_AN_ADDRESS = 8

/** Messages of those that nobody signed, or that were signed long ago, in all: at once, and a second. */
const RELAYED = { burst: 20, perSecond: 5 }

/** One connection to the messages of an offer. */
export interface Listener {
  subscriber: Subscriber
  /** Where it comes from. */
  address: string
  /** Which party it has shown to be; null for one that has not. */
  party: Seal['author'] | null
  /** Takes a message that is not kept. */
  tell(text: string): void
}

/** Everybody who listens to the messages of one offer. Each party has places that nobody else can take. */
export class Room {
  readonly listeners = new Set<Listener>()
  readonly #relayed: Allowance

  /** @param now milliseconds from a clock that only goes forward. */
  constructor(now: () => number) {
    this.#relayed = new Allowance(RELAYED, now)
  }

  /** Whether somebody unknown may come in from an address. */
  hasPlace(address: string): boolean {
    const open = [...this.listeners].filter(({ party }) => party === null)
    const near = open.filter((listener) => listener.address === address)
    return open.length < OPEN_PLACES && near.length < OPEN_PLACES_OF_AN_ADDRESS
  }

  /** Gives a connection one of its party's places. Where all are taken, the one that was taken first becomes free. */
  seat(listener: Listener, party: Seal['author']): void {
    listener.party = party
    this.listeners.delete(listener)
    const seated = [...this.listeners].filter((other) => other.party === party)
    if (seated.length >= PLACES_OF_A_PARTY) seated[0]?.subscriber.cutOff('too many connections', CLOSE.policyViolation)
    this.listeners.add(listener)
  }

  /** Passes a message on that is not kept, unless there are too many of them from strangers. */
  relay(sender: Listener, text: string): void {
    if (sender.party === null && !this.#relayed.take()) return
    for (const listener of this.listeners) listener.tell(text)
  }
}
