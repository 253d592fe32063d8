/** Milliseconds between lines where they stay, and where each takes the place of the one before it. */
const EVERY = { line: 10_000, screen: 200 }

/** A scan that is over sooner says nothing. */
const FIRST_ON_SCREEN = 1_000

const ERASE_LINE = '\r\x1b[K'

/** Says how far a long scan is: on a terminal in one line that changes, elsewhere with a line now and then. */
export class ScanProgress {
  readonly #write: (text: string) => void
  readonly #onScreen: boolean
  readonly #now: () => number
  #next: number
  #shown = false

  constructor({ write, onScreen, now }: { write: (text: string) => void; onScreen: boolean; now: () => number }) {
    this.#write = write
    this.#onScreen = onScreen
    this.#now = now
    this.#next = now() + (onScreen ? FIRST_ON_SCREEN : EVERY.line)
  }

  /**
   * @param total artifacts that were there when the scan began.
   * @param summary what has come out so far.
   */
  tell(done: number, total: number, summary: string): void {
    if (this.#now() < this.#next) return
    this.#next = this.#now() + (this.#onScreen ? EVERY.screen : EVERY.line)
    const text = `scanned ${done} of ${total}: ${summary}`
    this.#write(this.#onScreen ? `${ERASE_LINE}${text}` : `${text}\n`)
    this.#shown = this.#onScreen
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#shown) this.#write(ERASE_LINE)
    this.#shown = false
  }
}
