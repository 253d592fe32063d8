import { stripVTControlCharacters } from 'node:util'

/** A line that stands for any number of lines. */
const LINES = '…'

/**
 * Compares what was printed with what a page shows. `‹…›` around a part of a line marks it as an example of what varies,
 * a line `…` stands for any lines, and how many spaces or line ends there are does not count.
 *
 * @param shown lines of the page.
 * @param isWhole whether the page shows all of it, rather than lines that stand together somewhere in it.
 */
export function isShown(printed: string, shown: readonly string[], isWhole: boolean): boolean {
  const lines = linesOf(printed)
  const patterns = linesOf(shown.join('\n')).map((line) => (line === LINES ? undefined : linePattern(line)))
  const open = isWhole ? patterns : [undefined, ...patterns, undefined]
  // The rests of `lines` that what was compared so far leaves, as the numbers of the lines they begin with.
  let rests = new Set([0])
  for (const pattern of open) {
    const next = new Set<number>()
    for (const from of rests) {
      if (pattern === undefined) for (let to = from; to <= lines.length; to++) next.add(to)
      else if (pattern.test(lines[from] ?? '')) next.add(from + 1)
    }
    rests = next
  }
  return rests.has(lines.length)
}

/** The lines with something in them, without colours and with single spaces. */
function linesOf(text: string): string[] {
  return stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
}

function linePattern(line: string): RegExp {
  const parts = line.split(/‹[^›]*›/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+?')}$`)
}
