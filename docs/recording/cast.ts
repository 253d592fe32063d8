/** A line of output, with its colours, and when it came, in seconds. */
export interface CastLine {
  at: number
  text: string
}

/** What a terminal has shown, line by line. */
export interface Cast {
  columns: number
  rows: number
  lines: CastLine[]
}

/** The same as a recording that asciinema plays (version 2 of its format). */
export function asciicast({ columns, rows, lines }: Cast): string {
  const header = { version: 2, width: columns, height: rows, title: 'The first minute of a market' }
  const events = lines.map(({ at, text }) => [at, 'o', `${text}\r\n`])
  return `${[header, ...events].map((entry) => JSON.stringify(entry)).join('\n')}\n`
}

/**
 * The same with pauses cut: nobody waits twice for what others have waited for.
 *
 * @param longest seconds between two lines, at most.
 */
export function withoutPauses(cast: Cast, longest: number): Cast {
  let [before, at] = [0, 0]
  const lines = cast.lines.map((line) => {
    at += Math.min(line.at - before, longest)
    before = line.at
    return { ...line, at: Math.round(at * 100) / 100 }
  })
  return { ...cast, lines }
}
