import { parseJson, stringifyJson } from '@polyswarm/protocol'
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

/**
 * A message that has no place in the log, such as one that tells again of what is open: without a cursor, unless everything
 * before that cursor has been told with it.
 */
export function textBeside({ event, data, blockNumber, txhash }: Omit<LogEntry, 'position'>, cursor?: string): string {
  const origin = txhash === null ? '' : `,"block_number":${blockNumber},"txhash":"${txhash}"`
  const place = cursor === undefined ? '' : `,"cursor":"${cursor}"`
  return `{"event":"${event}","data":${data}${origin}${place}}`
}

/** Events that the original did not have: only clients that asked for cursors get them. */
const NEW_EVENTS = new Set(['reorg', 'canceled_agreement'])

/** The message of an entry, as both kinds of clients get it. */
export function eventText(ledgerId: string, entry: LogEntry, data = entry.data): EventText {
  const { position, blockNumber, event, txhash } = entry
  const told = { event, data, blockNumber, txhash }
  const withCursor = textBeside(told, formatCursor({ ledgerId, position }))
  return { position, withCursor, plain: NEW_EVENTS.has(event) ? null : textBeside(told) }
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
    return eventText(this.#ledgerId, entry, await this.#dataOf(entry))
  }

  /** The message of an entry that is told again, out of its place. */
  async writeAgain(entry: LogEntry): Promise<string> {
    return textBeside({ ...entry, data: await this.#dataOf(entry) })
  }

  async #dataOf({ event, data }: LogEntry): Promise<string> {
    if (event !== 'bounty' && event !== 'reveal') return data
    // Most name no document: their text is looked at no further.
    if (data.endsWith('"metadata":""}')) return data
    const { metadata } = parseJson(data) as { metadata: string }
    const document = await this.#documents.jsonOf(metadata, event === 'bounty' ? 'bounty' : 'assertion')
    // The ledger writes metadata last.
    return document === null ? data : `${data.slice(0, -stringifyJson(metadata).length - 1)}${document}}`
  }
}
