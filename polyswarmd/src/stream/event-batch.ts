import type { EventText } from './event-text.js'
import { textFrame } from './text-frame.js'

/** Messages that follow one another in the log, framed once for all clients that get the whole of them. */
export class EventBatch {
  readonly messages: readonly EventText[]
  readonly #frames = new Map<boolean, Buffer>()

  /** @param messages at least one, by position. */
  constructor(messages: readonly EventText[]) {
    this.messages = messages
  }

  /** Position of the first message. */
  get first(): number {
    return this.messages[0]?.position ?? 0
  }

  /** Position of the last message. */
  get last(): number {
    return this.messages.at(-1)?.position ?? 0
  }

  /** Of all messages together, in characters. */
  get length(): number {
    return this.messages.reduce((sum, { withCursor }) => sum + withCursor.length, 0)
  }

  /** The frames of all messages, for clients with cursors or for clients without. */
  frames(withCursors: boolean): Buffer {
    const known = this.#frames.get(withCursors)
    if (known) return known
    const texts = this.messages.map((message) => (withCursors ? message.withCursor : message.plain))
    const made = Buffer.concat(texts.filter((text) => text !== null).map(textFrame))
    this.#frames.set(withCursors, made)
    return made
  }
}
