import { Places } from '../access/places.js'
import type { MetadataDocuments } from '../artifacts/metadata-documents.js'
import { formatCursor } from '../ledger/cursor.js'
import type { Ledger } from '../ledger/ledger.js'
import { openMarket } from '../ledger/open-bounties.js'
import { EventBatch } from './event-batch.js'
import { type EventText, EventWriter, textBeside } from './event-text.js'

/** Entries of a batch at most. */
const BATCH = 500

/** A batch ends with the message that reaches this length. One message can be longer: what a block can hold. */
const BATCH_LENGTH = 128 * 1024

/** Batches that are kept for others who come to the same place, by number and by length. */
const KEPT = 64
const KEPT_LENGTH = 8 * 1024 * 1024

/** Batches that are written at the same time. */
const WRITERS = 4

/** The ledger's log as batches of messages. Whoever is at the same place gets the same batch, which is written once. */
export class EventLog {
  readonly #ledger: Ledger
  readonly #writer: EventWriter
  readonly #writers = new Places(WRITERS)
  readonly #batches = new Map<number, Promise<EventBatch | null>>()
  readonly #lengths = new Map<number, number>()
  #length = 0

  constructor(ledger: Ledger, documents: MetadataDocuments) {
    this.#ledger = ledger
    this.#writer = new EventWriter(ledger, documents)
  }

  /** Position of the last entry. */
  get last(): number {
    return this.#ledger.lastPosition
  }

  /**
   * What is open, as messages without cursors, and at last one that says so and has the cursor to go on from: see
   * {@link openMarket}.
   *
   * @param since position of the last message that was seen; null for none.
   * @param position the end of the log, when what is open is decided: at the first call.
   */
  async *open(since: number | null, position: number): AsyncGenerator<string> {
    const number = Math.max(this.#ledger.head?.number ?? 0, 0)
    for (const entry of openMarket(this.#ledger, since)) {
      yield await this.#writers.run(() => this.#writer.writeAgain(entry))
    }
    const cursor = formatCursor({ ledgerId: this.#ledger.id, position })
    yield textBeside({ event: 'snapshot', data: `{"number":${number}}`, blockNumber: number, txhash: null }, cursor)
  }

  /** The batch after a position; null where there is none yet, or what there was has been taken back. */
  after(position: number): Promise<EventBatch | null> {
    const known = this.#batches.get(position)
    if (known) return known
    if (position >= this.last) return Promise.resolve(null)
    const batch = this.#writers.run(() => this.#write(position))
    this.#batches.set(position, batch)
    batch.then(
      (written) => (written ? this.#keep(position, written.length) : this.#forget(position)),
      () => this.#forget(position),
    )
    return batch
  }

  async #write(position: number): Promise<EventBatch | null> {
    const entries = this.#ledger.entriesAfter(position, BATCH, BATCH_LENGTH)
    const messages: EventText[] = []
    let length = 0
    for (const entry of entries) {
      const message = await this.#writer.write(entry)
      messages.push(message)
      length += message.withCursor.length
      if (length >= BATCH_LENGTH) break
    }
    return messages.length > 0 ? new EventBatch(messages) : null
  }

  #keep(position: number, length: number): void {
    this.#lengths.set(position, length)
    this.#length += length
    for (const [oldest] of this.#lengths) {
      if (this.#lengths.size <= KEPT && this.#length <= KEPT_LENGTH) break
      this.#forget(oldest)
    }
  }

  #forget(position: number): void {
    this.#batches.delete(position)
    this.#length -= this.#lengths.get(position) ?? 0
    this.#lengths.delete(position)
  }
}
