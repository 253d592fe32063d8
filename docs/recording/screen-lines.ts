import type { CastLine } from './cast.ts'

/** A sequence that moves up by some lines and clears what is below: the live line of a story is drawn anew with it. */
const CLEARED = /^␛\[(\d+)A␛\[0?J/

/** The lines that stay on a terminal, of all that is written to it, and when each came. Live lines leave nothing behind. */
export class ScreenLines {
  readonly lines: CastLine[] = []
  #rest = ''

  /** @param at seconds since the beginning. */
  write(text: string, at: number): void {
    this.#rest += text.replaceAll('\u001b', '␛')
    for (;;) {
      const cleared = CLEARED.exec(this.#rest)
      if (cleared) {
        this.lines.splice(-Number(cleared[1]))
        this.#rest = this.#rest.slice(cleared[0].length)
        continue
      }
      const end = this.#rest.indexOf('\n')
      if (end < 0) return
      // Showing and hiding the cursor changes no line.
      const line = this.#rest.slice(0, end).replace(/\r|␛\[\?\d+[hl]/g, '')
      this.lines.push({ at, text: line.replaceAll('␛', '\u001b') })
      this.#rest = this.#rest.slice(end + 1)
    }
  }
}
