import { textWidth } from './text-table.js'

/**
 * Breaks a line at blanks so that it fits a width. What follows on is indented; a word that is wider stays whole.
 *
 * @param width columns; Infinity leaves the line as it is.
 */
export function wrappedLine(line: string, width: number, indent: number): string[] {
  if (textWidth(line) <= width) return [line]
  const lines: string[] = []
  let current = ''
  // Blanks that are there for alignment stay with the word before them.
  for (const word of line.match(/^ +|\S+ */g) ?? []) {
    if (current !== '' && textWidth((current + word).trimEnd()) > width) {
      lines.push(current.trimEnd())
      current = ' '.repeat(indent)
    }
    current += word
  }
  return [...lines, current.trimEnd()]
}
