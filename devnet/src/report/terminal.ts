import type { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { colors } from './colors.js'
import { wrappedLine } from './wrapped-line.js'

/** Where the story is told. */
export interface StoryTeller {
  /** Columns that a table may take. */
  readonly width: number
  /** Prints lines that stay; on a terminal, wrapped where they are too long for it. */
  say(...lines: string[]): void
  /** Says what is going on right now, replacing what was said of it before. Kept quiet where it cannot be replaced. */
  now(lines: readonly string[]): void
  /** Takes the live lines away. */
  close(): void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const QUIET_MOST = 5_000

/** Columns of what is no terminal. */
const PLAIN_WIDTH = 80

/** A long line goes on below its text, behind the bounty and what happened to it. */
const HANGING = 18

/** A story on a stream: with live lines below it on a terminal, as plain lines elsewhere. */
export function storyTeller(stream: Writable & { isTTY?: boolean; columns?: number }): StoryTeller {
  return stream.isTTY ? new LiveTeller(stream) : new PlainTeller(stream)
}

/** Elsewhere than on a terminal, what goes on is said as a line of its own, but only after a silence. */
class PlainTeller implements StoryTeller {
  readonly width = PLAIN_WIDTH
  readonly #stream: Writable
  #spokeAt = Date.now()

  constructor(stream: Writable) {
    this.#stream = stream
  }

  say(...lines: string[]): void {
    this.#spokeAt = Date.now()
    for (const line of lines) this.#stream.write(`${line}\n`)
  }

  now(lines: readonly string[]): void {
    if (Date.now() - this.#spokeAt >= QUIET_MOST) this.say(...lines)
  }

  close(): void {}
}

class LiveTeller implements StoryTeller {
  readonly #stream: Writable & { columns?: number }
  readonly #timer: NodeJS.Timeout
  #live: readonly string[] = []
  #shown = 0
  #frame = 0

  constructor(stream: Writable & { columns?: number }) {
    this.#stream = stream
    this.#timer = setInterval(() => {
      this.#frame = (this.#frame + 1) % FRAMES.length
      this.#draw([])
    }, 100)
    this.#timer.unref()
  }

  get width(): number {
    return this.#stream.columns ?? PLAIN_WIDTH
  }

  say(...lines: string[]): void {
    this.#draw(lines.flatMap((line) => wrappedLine(line, this.width, indentOf(line))))
  }

  now(lines: readonly string[]): void {
    this.#live = lines
    this.#draw([])
  }

  close(): void {
    clearInterval(this.#timer)
    this.#live = []
    this.#draw([])
  }

  #draw(lines: readonly string[]): void {
    const erase = this.#shown > 0 ? `\x1b[${this.#shown}A\x1b[0J` : ''
    const frame = colors.cyan(FRAMES[this.#frame] ?? '')
    // A live line that wraps would throw the cursor's count off.
    const room = Math.max(this.width - 3, 10)
    const live = this.#live.map((line) => `${frame} ${line.length > room ? `${line.slice(0, room - 1)}…` : line}`)
    this.#shown = live.length
    this.#stream.write(erase + [...lines, ...live].map((line) => `${line}\n`).join(''))
  }
}

function indentOf(line: string): number {
  const [bounty] = /^\S{8} \w+ +/.exec(stripVTControlCharacters(line)) ?? []
  return bounty?.length === HANGING ? HANGING : 4
}
