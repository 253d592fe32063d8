import type { Guid } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { RawData } from 'ws'
import type { ChannelRow } from '../ledger/channel-reader.js'
import { formatCursor } from '../ledger/cursor.js'
import type { EventText } from '../stream/event-text.js'
import type { Heartbeat } from '../stream/heartbeat.js'
import { CLOSE } from '../stream/subscriber.js'
import { Allowance } from './allowance.js'
import type { MessageStore, StoredMessage } from './message-store.js'
import { readOfferMessage, type Seal } from './offer-message.js'
import { type Listener, Room } from './room.js'

/** Messages of one connection: at once, and a second. The original took one a second. */
const SENT = { burst: 20, perSecond: 5 }

/** An incoming connection: the party that it has shown to be at its start, if any. */
export type Arrival = Omit<Listener, 'party'> & { proven: Seal['author'] | null }

/**
 * The parties of each offer, who talk to each other through the daemon. Each message goes to everybody who listens, its
 * sender included. What a party of the channel has signed is kept, for the other that is away; what nobody signed is
 * passed on and forgotten. A connection that sends a signed state later than any before becomes its party's.
 */
export class MessageRooms {
  readonly #store: MessageStore
  readonly #heartbeat: Heartbeat
  readonly #log: Logger
  readonly #now: () => number
  readonly #rooms = new Map<Guid, Room>()

  /** @param now milliseconds from a clock that only goes forward. */
  constructor(store: MessageStore, heartbeat: Heartbeat, log: Logger, now: () => number = () => performance.now()) {
    this.#store = store
    this.#heartbeat = heartbeat
    this.#log = log
    this.#now = now
  }

  /** Whether somebody of whom nobody knows who it is may listen to an offer from an address. */
  hasPlace(guid: Guid, address: string): boolean {
    return this.#rooms.get(guid)?.hasPlace(address) ?? true
  }

  /** Serves a connection from its position on, until it leaves. */
  serve({ proven, ...arrival }: Arrival, channel: ChannelRow): void {
    const { guid } = channel
    const { subscriber, address } = arrival
    const { socket } = subscriber
    const room = this.#rooms.get(guid) ?? new Room(this.#now)
    this.#rooms.set(guid, room)
    this.#heartbeat.watch(socket)
    const listener: Listener = { ...arrival, party: null }
    socket.once('close', () => {
      room.listeners.delete(listener)
      if (room.listeners.size === 0 && this.#rooms.get(guid) === room) this.#rooms.delete(guid)
    })
    if (!proven && !room.hasPlace(address)) {
      subscriber.cutOff('too many connections')
      return
    }
    for (const message of this.#store.after(guid, subscriber.position)) subscriber.send(this.#textOf(message))
    if (proven) room.seat(listener, proven)
    else room.listeners.add(listener)
    const allowance = new Allowance(SENT, this.#now)
    socket.on('message', (data: RawData) => {
      if (!subscriber.open) return
      if (allowance.take()) this.#receive(listener, room, channel, String(data))
      else subscriber.cutOff('too many messages', CLOSE.policyViolation)
    })
  }

  /** Says goodbye to everybody. */
  stop(): void {
    for (const { listeners } of this.#rooms.values()) {
      for (const { subscriber } of listeners) subscriber.cutOff('polyswarmd stops', CLOSE.goingAway)
    }
  }

  #receive(sender: Listener, room: Room, channel: ChannelRow, data: string): void {
    if (data === '') {
      sender.subscriber.cutOff('goodbye', CLOSE.normal)
      return
    }
    const message = readOfferMessage(data, channel)
    if (message === null) {
      this.#log.debug({ guid: channel.guid }, 'something that is no message of this offer was dropped')
      return
    }
    const { text, seal } = message
    try {
      const kept = seal && this.#store.append(channel.guid, text, seal)
      if (!kept) {
        room.relay(sender, text)
        return
      }
      if (kept.latest && sender.party === null) room.seat(sender, seal.author)
      const sent = this.#textOf({ position: kept.position, text })
      for (const { subscriber } of room.listeners) subscriber.send(sent)
    } catch (error) {
      this.#log.error({ err: error }, 'a message of an offer could not be kept')
      sender.subscriber.cutOff('the message could not be kept: send it again later')
    }
  }

  #textOf({ position, text }: StoredMessage): EventText {
    const cursor = formatCursor({ ledgerId: this.#store.id, position })
    return { position, plain: text, withCursor: `${text.slice(0, -1)},"cursor":"${cursor}"}` }
  }
}
