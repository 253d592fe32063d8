import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { visibleText } from '@polyswarm/protocol'

/**
 * Has what backends of one's own print with `console` go to standard error, where it is in nobody's way who reads a result,
 * and without anything that changes how a terminal shows it: an engine may print what a stranger wrote.
 */
export function redirectConsole(output: NodeJS.WritableStream): void {
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      output.write(visibleLines(text))
      done()
    },
  })
  globalThis.console = new Console({ stdout: stream, stderr: stream, colorMode: false })
}

/** Ends of lines and tabulators stay as they are. */
function visibleLines(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 0 ? visibleText(part) : part))
    .join('')
}
