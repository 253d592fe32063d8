import { colors } from './colors.js'
import { plainText } from './text-table.js'

/** Lines of one engine that are shown within a second; the others are in its log. */
const LINES_A_SECOND = 20

/** The log of a participant: level, time, message. */
const LOG_LINE = /^(TRACE|DEBUG|INFO|WARN|ERROR|FATAL) {1,2}\d{4}-\d\d-\d\dT[\d:.]{8,12}Z (.*)$/

/** What an engine of the reader's says beside its log, and what goes wrong in it, as lines of the story. */
export class GuestOutput {
  readonly #name: string
  readonly #log: string
  readonly #now: () => number
  #since = Number.NEGATIVE_INFINITY
  #shown = 0
  #hidden = 0

  /** @param log the file that has all of it. @param now milliseconds of a clock that only goes forward. */
  constructor(name: string, log: string, now: () => number) {
    this.#name = name
    this.#log = log
    this.#now = now
  }

  /** The lines of the story that a line of output makes: none for what only says that the engine works. */
  lines(output: string): string[] {
    const text = this.#textOf(output)
    if (text === undefined) return []
    const now = this.#now()
    const isNewSecond = now - this.#since >= 1_000
    const told = isNewSecond && this.#hidden > 0 ? [`${this.#name} | … ${this.#hidden} more lines in ${this.#log}`] : []
    if (isNewSecond) {
      this.#since = now
      this.#shown = 0
      this.#hidden = 0
    }
    if (++this.#shown <= LINES_A_SECOND) return [...told, text]
    this.#hidden++
    return told
  }

  #textOf(output: string): string | undefined {
    const [, level, message] = LOG_LINE.exec(output) ?? []
    if (level === undefined) return output.trim() === '' ? undefined : `${this.#name} | ${plainText(output, 400)}`
    if (level === 'TRACE' || level === 'DEBUG' || level === 'INFO') return undefined
    const line = `${this.#name} ! ${plainText(message ?? '', 400)}`
    return level === 'WARN' ? colors.yellow(line) : colors.red(line)
  }
}
