import { stripVTControlCharacters } from 'node:util'
import { visibleText } from '@polyswarm/protocol'

/** Lays out rows in columns, the first of them a heading, wide enough for each column's longest text. */
export function textTable(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => textWidth(row[column] ?? ''))),
  )
  const line = (row: readonly string[]) =>
    widths.map((size, column) => (row[column] ?? '') + ' '.repeat(size - textWidth(row[column] ?? ''))).join('  ')
  const [heading = [], ...body] = rows
  return [line(heading), widths.map((size) => '─'.repeat(size)).join('──'), ...body.map(line)].map((text) =>
    text.trimEnd(),
  )
}

/** Columns that the table takes. */
export function tableWidth(rows: readonly (readonly string[])[]): number {
  return textWidth(textTable(rows)[1] ?? '')
}

/** A text from outside, safe for a terminal: nothing in it that cannot be seen, and not endless. */
export function plainText(text: string, most = 40): string {
  const plain = visibleText(stripVTControlCharacters(text))
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain
}

/** Columns that a text takes on a terminal, colours not counted. */
export function textWidth(text: string): number {
  return stripVTControlCharacters(text).length
}
