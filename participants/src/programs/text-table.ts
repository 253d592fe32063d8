import { visibleText } from '@polyswarm/protocol'

/** Columns of text, each as wide as its widest cell. What strangers may have written and cannot be seen is shown. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((cells) => cells.map(visibleText))
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)))
  return lines
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** Rows as RFC 4180 has them. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string): string => {
    const safe = /^[=+\-@\t\r]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return [header, ...rows].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')
}
