/** A row as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvRow(cells: readonly string[]): string {
  const quoted = (cell: string): string => {
    const safe = /^[=+\-@\t\r]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `${cells.map(quoted).join(',')}\r\n`
}
