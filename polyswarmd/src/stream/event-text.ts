import { stringifyJson } from '@polyswarm/protocol'
import type { MetadataDocuments } from '../artifacts/metadata-documents.js'
import { formatCursor } from '../ledger/cursor.js'
import type { LogEntry } from '../ledger/ledger.js'

/** An entry of the log as it is sent, once with its cursor and once, for clients that know none, without. */
export interface EventText {
  position: number
  /** For connections that asked with `since`. */
  withCursor: string
  /** For all others; null for what the original never sent. */
  plain: string | null
}

/** Writes log entries as messages, with metadata documents in the place of their addresses. */
export class EventWriter {
  readonly #ledgerId: string
  readonly #documents: MetadataDocuments

  constructor(ledgerId: string, documents: MetadataDocuments) {
    this.#ledgerId = ledgerId
    this.#documents = documents
  }

  /** The message of an entry. */
  async write(entry: LogEntry): Promise<EventText> {
    const { position, blockNumber, event, txhash } = entry
    const data = await this.#dataOf(entry)
    const origin = txhash === null ? '' : `,"block_number":${blockNumber},"txhash":"${txhash}"`
    const text = `{"event":"${event}","data":${data}${origin}`
    const cursor = formatCursor({ ledgerId: this.#ledgerId, position })
    return {
      position,
      withCursor: `${text},"cursor":"${cursor}"}`,
      plain: event === 'reorg' ? null : `${text}}`,
    }
  }

  async #dataOf({ event, data }: LogEntry): Promise<string> {
    if (event !== 'bounty' && event !== 'reveal') return data
    const fields = JSON.parse(data) as { metadata: string }
    const metadata = await this.#documents.resolve(fields.metadata, event === 'bounty' ? 'bounty' : 'assertion')
    return metadata === fields.metadata ? data : stringifyJson({ ...fields, metadata })
  }
}
