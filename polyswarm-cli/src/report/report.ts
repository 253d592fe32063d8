import { stringifyJson } from '@polyswarm/protocol/json'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { csvRow } from './csv-row.js'

/** How results are written. */
export const FORMATS = ['text', 'json', 'pretty-json', 'ndjson', 'csv', 'sha256', 'sha1', 'md5'] as const

/** One of them; see {@link FORMATS}. */
export type Format = (typeof FORMATS)[number]

/** How one kind of result looks in each format. */
export interface Shape<T> {
  /** For people, with its line end; `heading` once before the first. */
  text: (value: T) => string
  heading?: string
  json: (value: T) => object
  csv: { header: readonly string[]; row: (value: T) => readonly string[] }
  hash?: (value: T, kind: 'sha256' | 'sha1' | 'md5') => string | null
}

/** Results in writing, one by one, so that nothing has to be held until the end. */
export interface Report<T> {
  begin: string
  row: (value: T) => string
  end: string
}

/**
 * The writer of a format: `json` is one array with an element on each line, `ndjson` one object on each line, `csv` as
 * RFC 4180 has it, `sha256`, `sha1` and `md5` one hash on each line.
 */
export function reportOf<T>(format: Format, { text, heading, json, csv, hash }: Shape<T>): Report<T> {
  switch (format) {
    case 'text':
      return { begin: heading ?? '', row: text, end: '' }
    case 'json':
    case 'pretty-json': {
      const indent = format === 'json' ? undefined : 2
      let separator = '\n'
      const row = (value: T): string => {
        const written = `${separator}${safeJson(json(value), indent)}`
        separator = ',\n'
        return written
      }
      return { begin: '[', row, end: '\n]\n' }
    }
    case 'ndjson':
      return { begin: '', row: (value) => `${safeJson(json(value))}\n`, end: '' }
    case 'csv':
      return { begin: csvRow(csv.header), row: (value) => csvRow(csv.row(value).map(visibleText)), end: '' }
    default:
      return {
        begin: '',
        row: (value) => {
          const found = hash?.(value, format) ?? ''
          return found === '' ? '' : `${visibleText(found)}\n`
        },
        end: '',
      }
  }
}

/** JSON in which nothing moves a cursor or turns text round; it means the same. */
function safeJson(value: object, indent?: number): string {
  return stringifyJson(value, indent).split('\n').map(visibleText).join('\n')
}
