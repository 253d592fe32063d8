import { runPolyswarm } from './program.js'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // Once: who presses Ctrl-C again has waited long enough.
  process.once(name, () => stop.abort(new DOMException(`Stopped by ${name}.`, 'AbortError')))
}
// Who reads may be gone; that is told where it is written.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

process.exitCode = await runPolyswarm({
  words: process.argv.slice(2),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  colors: process.stdout.isTTY === true && !process.env.NO_COLOR,
  signal: stop.signal,
  now: Date.now,
})
// Standard input may be open still, with nobody to read it.
process.stdin.destroy()
