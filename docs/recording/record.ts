import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asciicast, type Cast, withoutPauses } from './cast.ts'
import { castSvg } from './cast-svg.ts'
import { ScreenLines } from './screen-lines.ts'

/** Where the recording goes: beside this program. */
const FOLDER = import.meta.dirname
/** Longer than this nobody looks at a picture in which nothing happens, in seconds. */
const LONGEST_PAUSE = 1.5
const COLUMNS = 100
const ROWS = 28

/** The story's line that comes last, before nothing happens any more. */
const LAST = /look into the daemon/

/**
 * Records the first minute of a market: starts one as `npm start` does, with a new directory, until it says what to do next,
 * and writes what it tells as a recording for asciinema and as a picture that moves.
 */
const folder = mkdtempSync(join(tmpdir(), 'm-'))
try {
  const data = join(folder, '.polyswarm')
  const program = join(FOLDER, '../../devnet/dist/bin/market.js')
  const market = [process.execPath, program, '--data', data, '--port', '0', '--chain-port', '0']
  const command = `stty cols ${COLUMNS} rows ${ROWS}; exec ${market.join(' ')}`
  const terminal = spawn('script', ['-qfec', command, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm-256color', npm_lifecycle_event: 'start' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(terminal, 'close')
  const start = performance.now()
  const screen = new ScreenLines()
  let isOver = false
  for await (const text of terminal.stdout.setEncoding('utf8')) {
    if (isOver) continue
    screen.write(text, (performance.now() - start) / 1000)
    isOver = screen.lines.some((line) => LAST.test(line.text))
    // Ctrl-C, as a person types it.
    if (isOver) terminal.stdin.write('\u0003')
  }
  const [status] = await ended
  if (!isOver || status !== 0) throw new Error(`the market ended with status ${status}`)
  const told = screen.lines.slice(0, screen.lines.findIndex(({ text }) => LAST.test(text)) + 1)
  const lines = [{ at: 0, text: '$ npm ci && npm start' }, ...told].map(({ at, text }) => ({
    at,
    text: text.replaceAll(` --market ${data}`, '').replaceAll(data, '.polyswarm'),
  }))
  const cast: Cast = withoutPauses({ columns: COLUMNS, rows: ROWS, lines }, LONGEST_PAUSE)
  writeFileSync(join(FOLDER, 'first-minute.cast'), asciicast(cast))
  writeFileSync(join(FOLDER, 'first-minute.svg'), castSvg(cast))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
