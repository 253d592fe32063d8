import { parseJson, stringifyJson } from '@polyswarm/protocol'
import type { MetadataDocuments } from '../artifacts/metadata-documents.js'
import { formatCursor } from '../ledger/cursor.js'
import type { Ledger, LogEntry } from '../ledger/ledger.js'
import { guidOfEntry } from '../ledger/open-bounties.js'
import { toldTerms } from '../ledger/told-terms.js'

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

/**
 * The message of an entry, as both kinds of clients get it.
 *
 * @param data what clients with cursors get.
 * @param plainData what others get: they unpack the keys that the original sent, and no others.
 */
export function eventText(ledgerId: string, entry: LogEntry, data = entry.data, plainData = data): EventText {
  const { position, blockNumber, event, txhash } = entry
  const told = { event, blockNumber, txhash }
  const withCursor = textBeside({ ...told, data }, formatCursor({ ledgerId, position }))
  return { position, withCursor, plain: NEW_EVENTS.has(event) ? null : textBeside({ ...told, data: plainData }) }
}

/**
 * Writes log entries as messages, with metadata documents in the place of their addresses. Clients with cursors are told
 * besides what they would ask for next: the terms of a bounty, and the base fee of a block.
 */
export class EventWriter {
  readonly #ledger: Ledger
  readonly #documents: MetadataDocuments

  constructor(ledger: Ledger, documents: MetadataDocuments) {
    this.#ledger = ledger
    this.#documents = documents
  }

  /** The message of an entry. */
  async write(entry: LogEntry): Promise<EventText> {
    const data = await this.#dataOf(entry)
    const plain = entry.event === 'block' ? `{"number":${entry.blockNumber}}` : data
    return eventText(this.#ledger.id, entry, this.#withTerms(entry, data), plain)
  }

  /** The message of an entry that is told again, out of its place. */
  async writeAgain(entry: LogEntry): Promise<string> {
    return textBeside({ ...entry, data: this.#withTerms(entry, await this.#dataOf(entry)) })
  }

  /** A bounty's data with its terms, unless its block was taken back since. */
  #withTerms(entry: LogEntry, data: string): string {
    const terms = entry.event === 'bounty' ? toldTerms(this.#ledger, guidOfEntry(entry)) : undefined
    return terms ? `${data.slice(0, -1)},"terms":${stringifyJson(terms)}}` : data
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
