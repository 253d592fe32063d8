import type { Guid } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { RawData } from 'ws'
import type { ChannelRow } from '../ledger/channel-reader.js'
import { formatCursor } from '../ledger/cursor.js'
import type { EventText } from '../stream/event-text.js'
import type { Heartbeat } from '../stream/heartbeat.js'
import { CLOSE, type Subscriber } from '../stream/subscriber.js'
import type { MessageStore, StoredMessage } from './message-store.js'
import { offerMessageText } from './offer-message.js'

/** Connections to one offer; two parties need two, and some more while they reconnect. */
const MAX_CONNECTIONS = 64

/** A party may send so many messages at once, and so many a second afterwards. The original took one a second. */
const BURST = 20
const MESSAGES_PER_SECOND = 5

/**
 * The parties of each offer, who talk to each other through the daemon. Each message goes to all of them, its sender
 * included, and is kept for one that is away. Whose a message is, its signature says: the parties check that themselves.
 */
export class MessageRooms {
  readonly #store: MessageStore
  readonly #heartbeat: Heartbeat
  readonly #log: Logger
  readonly #now: () => number
  readonly #rooms = new Map<Guid, Set<Subscriber>>()

  /** @param now milliseconds from a clock that only goes forward. */
  constructor(store: MessageStore, heartbeat: Heartbeat, log: Logger, now: () => number = () => performance.now()) {
    this.#store = store
    this.#heartbeat = heartbeat
    this.#log = log
    this.#now = now
  }

  /** Whether one more may listen to an offer. */
  hasPlace(guid: Guid): boolean {
    return (this.#rooms.get(guid)?.size ?? 0) < MAX_CONNECTIONS
  }

  /** Serves a party from its position on, until it leaves. */
  serve(subscriber: Subscriber, channel: ChannelRow): void {
    const { socket } = subscriber
    const room = this.#rooms.get(channel.guid) ?? new Set()
    this.#rooms.set(channel.guid, room)
    this.#heartbeat.watch(socket)
    for (const message of this.#store.after(channel.guid, subscriber.position)) subscriber.send(this.#textOf(message))
    room.add(subscriber)
    socket.once('close', () => {
      room.delete(subscriber)
      if (room.size === 0 && this.#rooms.get(channel.guid) === room) this.#rooms.delete(channel.guid)
    })
    const allowed = this.#allowance()
    socket.on('message', (data: RawData) => {
      if (!subscriber.open) return
      if (allowed()) this.#receive(subscriber, channel, String(data))
      else subscriber.cutOff('too many messages', CLOSE.policyViolation)
    })
  }

  /** Says goodbye to everybody. */
  stop(): void {
    for (const room of this.#rooms.values()) {
      for (const subscriber of room) subscriber.cutOff('polyswarmd stops', CLOSE.goingAway)
    }
  }

  #receive(sender: Subscriber, channel: ChannelRow, data: string): void {
    if (data === '') {
      sender.cutOff('goodbye', CLOSE.normal)
      return
    }
    const text = offerMessageText(data, channel)
    if (text === null) {
      this.#log.debug({ guid: channel.guid }, 'something that is no message of this offer was dropped')
      return
    }
    try {
      const position = this.#store.append(channel.guid, text)
      const message = this.#textOf({ position, text })
      for (const subscriber of this.#rooms.get(channel.guid) ?? []) subscriber.send(message)
    } catch (error) {
      this.#log.error({ err: error }, 'a message of an offer could not be kept')
      sender.cutOff('the message could not be kept: send it again later')
    }
  }

  #textOf({ position, text }: StoredMessage): EventText {
    const cursor = formatCursor({ ledgerId: this.#store.id, position })
    return { position, plain: text, withCursor: `${text.slice(0, -1)},"cursor":"${cursor}"}` }
  }

  /** Whether one more message may come now. */
  #allowance(): () => boolean {
    let tokens = BURST
    let last = this.#now()
    return () => {
      const now = this.#now()
      tokens = Math.min(BURST, tokens + ((now - last) / 1_000) * MESSAGES_PER_SECOND)
      last = now
      if (tokens < 1) return false
      tokens--
      return true
    }
  }
}
