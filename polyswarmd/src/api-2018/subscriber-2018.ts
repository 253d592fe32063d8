import type { WebSocket } from 'ws'
import type { EventText } from '../stream/event-text.js'
import type { StreamStart } from '../stream/stream-start.js'
import { Subscriber } from '../stream/subscriber.js'

/** A connection of the API of 2018: the same messages, in the words of that time, and no cursors. */
export class Subscriber2018 extends Subscriber {
  readonly #translate: (text: string) => string | null

  /** @param translate from a message as it is sent today; null for what did not exist. */
  constructor(socket: WebSocket, { position }: StreamStart, translate: (text: string) => string | null) {
    super(socket, { withCursors: false, position })
    this.#translate = translate
  }

  override send(message: EventText): void {
    super.send({ ...message, plain: message.plain === null ? null : this.#translate(message.plain) })
  }
}
