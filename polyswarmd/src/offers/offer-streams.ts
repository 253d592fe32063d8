import type { Logger } from 'pino'
import type { Ledger } from '../ledger/ledger.js'
import { Heartbeat } from '../stream/heartbeat.js'
import { ChannelEvents } from './channel-events.js'
import { MessageRooms } from './message-rooms.js'
import { MessageStore } from './message-store.js'

/** The streams of all offers, which every version of the API shares. */
export interface OfferStreams {
  /** Of the chain that offers are on. */
  ledger: Ledger
  store: MessageStore
  events: ChannelEvents
  rooms: MessageRooms
  /** Ends every connection. */
  stop(): void
  /** Closes the file of messages, once nobody is connected any more. */
  close(): void
}

/**
 * Opens the streams of offers.
 *
 * @param file where messages are kept.
 * @throws DataDirectoryError where it cannot be used.
 */
export function openOfferStreams(ledger: Ledger, file: string, log: Logger): OfferStreams {
  const store = MessageStore.open(file)
  const heartbeat = new Heartbeat()
  const events = new ChannelEvents(ledger, heartbeat, log)
  const rooms = new MessageRooms(store, heartbeat, log)
  return {
    ledger,
    store,
    events,
    rooms,
    stop: () => {
      heartbeat.stop()
      events.stop()
      rooms.stop()
    },
    close: () => store.close(),
  }
}
