import { exitCodeOf, PolySwarmError, visibleText } from '@polyswarm/protocol'
import type { Command } from 'commander'

/** Milliseconds that a program takes to stop, at most. */
const GRACE = 4_500

/** A command under a program's name, such as `microengine journal`. */
export interface Subcommand {
  command: Command
  action: (signal: AbortSignal) => Promise<void>
}

/**
 * Runs a command line: its action gets a signal that SIGINT and SIGTERM fire. Ends the process with 0 when it is done or was
 * told to stop, 1 where something is wrong, and 75 where trying again can help; the error is one sentence on stderr.
 */
export async function runProgram(
  command: Command,
  action: (signal: AbortSignal) => Promise<void>,
  subcommands: readonly Subcommand[] = [],
): Promise<void> {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      stop.abort(new DOMException(`Stopped by ${name}.`, 'AbortError'))
      setTimeout(() => process.exit(0), GRACE).unref()
    })
  }
  // Whoever read the log may be gone; what is promised has to be kept all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  command.showHelpAfterError('(--help shows what can be given)')
  command.action(() => action(stop.signal))
  // The same flag may stand for one thing before the name of a subcommand, and for another after it.
  if (subcommands.length > 0) command.enablePositionalOptions()
  for (const { command: subcommand, action: run } of subcommands) {
    subcommand.showHelpAfterError('(--help shows what can be given)')
    command.addCommand(subcommand.action(() => run(stop.signal)))
  }
  try {
    await command.parseAsync()
    process.exitCode = 0
  } catch (error) {
    if (stop.signal.aborted) {
      process.exitCode = 0
    } else {
      const known = error instanceof PolySwarmError
      const text = known ? error.message : ((error as Error).stack ?? String(error))
      // The lines of a stack are its own; what else it quotes may be a stranger's.
      const lines = known ? [text] : text.split('\n')
      process.stderr.write(`${command.name()}: ${lines.map(visibleText).join('\n')}\n`)
      process.exitCode = exitCodeOf(error)
    }
  }
  // Nothing is left to do; a thread or socket that lingers must not keep the process.
  setTimeout(() => process.exit(), GRACE).unref()
}
