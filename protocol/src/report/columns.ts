/** Characters that take two columns of a terminal: those of East Asian scripts, and emoji. */
const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60]|\p{Emoji_Presentation}/u
const MARK = /\p{M}/u

/** Columns that a text takes on a terminal. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

/** Cuts a text to so many columns, with `…` where something is missing, and fills it up with blanks. */
export function fitted(text: string, columns: number): string {
  const wide = columnsOf(text)
  if (wide <= columns) return text + ' '.repeat(columns - wide)
  const kept = headOf(text, columns - 1)
  return `${kept}…${' '.repeat(columns - 1 - columnsOf(kept))}`
}

/** Breaks a text between words into lines of so many columns; a word that is longer than a line is broken as well. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').filter(Boolean)) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) <= columns) {
      line = `${line} ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (columnsOf(line) > columns) {
      // Where not even one character fits it stands alone.
      const head = headOf(line, columns) || ([...line][0] ?? '')
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  if (line !== '') lines.push(line)
  return lines
}

/** The beginning of a text, as much as has room in so many columns. */
function headOf(text: string, columns: number): string {
  let end = 0
  let taken = 0
  for (const character of text) {
    taken += widthOf(character)
    if (taken > columns) break
    end += character.length
  }
  return text.slice(0, end)
}

function widthOf(character: string): number {
  if (MARK.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
