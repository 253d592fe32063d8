import { exitCodeOf, PolySwarmError, readSwitches, visibleText } from '@polyswarm/protocol'
import type { Command } from 'commander'
import { redirectConsole } from './engine-console.js'

/** Milliseconds that a program takes to stop, at most. */
const GRACE = 4_500

/** A command under a program's name, such as `microengine journal`. */
export interface Subcommand {
  command: Command
  /** Returns the status to end with; 0 where there is none. */
  action: (signal: AbortSignal) => Promise<number> | Promise<void>
  /** Milliseconds that it takes to stop, at most; {@link GRACE} without it. */
  grace?: () => number
  /** Status for errors, wrong flags and being stopped, where 1 and 0 mean something else. */
  failureStatus?: number
}

/** Commands under a program's name that are loaded where the command line asks for one, or for help. */
export type LazySubcommands = Readonly<Record<string, () => Promise<Subcommand>>>

/**
 * Runs a command line: its action gets a signal that SIGINT and SIGTERM fire. Ends the process with 0 when it is done or was
 * told to stop, 1 where something is wrong, and 75 where trying again can help; the error is one sentence on stderr.
 */
export async function runProgram(
  command: Command,
  action: (signal: AbortSignal) => Promise<void>,
  subcommands: readonly Subcommand[] | LazySubcommands = [],
): Promise<void> {
  const stop = new AbortController()
  let failureStatus: number | undefined
  let grace = () => GRACE
  let status = 0
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      stop.abort(new DOMException(`Stopped by ${name}.`, 'AbortError'))
      setTimeout(() => process.exit(failureStatus ?? 0), grace()).unref()
    })
  }
  redirectConsole(process.stderr)
  // Whoever read the log may be gone; what is promised has to be kept all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  command.showHelpAfterError('(--help shows what can be given)')
  command.action(() => action(stop.signal))
  // The same flag may stand for one thing before the name of a subcommand, and for another after it.
  if (Object.keys(subcommands).length > 0) command.enablePositionalOptions()
  for (const { command: subcommand, action: run, failureStatus: failed, grace: own } of await loaded(subcommands)) {
    subcommand.showHelpAfterError('(--help shows what can be given)')
    command.hook('preSubcommand', (_, asked) => {
      if (asked === subcommand) failureStatus = failed
    })
    if (failed !== undefined) subcommand.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : failed))
    command.addCommand(
      subcommand.action(async () => {
        grace = own ?? grace
        if (failed !== undefined) failWith(failed)
        status = (await run(stop.signal)) ?? 0
      }),
    )
  }
  try {
    readSwitches(command)
    await command.parseAsync()
    process.exitCode = status
  } catch (error) {
    if (stop.signal.aborted) {
      process.exitCode = failureStatus ?? 0
    } else {
      const known = error instanceof PolySwarmError
      const text = known ? error.message : ((error as Error).stack ?? String(error))
      // The lines of a stack are its own; what else it quotes may be a stranger's.
      const lines = known ? [text] : text.split('\n')
      process.stderr.write(`${command.name()}: ${lines.map(visibleText).join('\n')}\n`)
      process.exitCode = failureStatus ?? exitCodeOf(error)
    }
  }
  // Nothing is left to do; a thread or socket that lingers must not keep the process.
  setTimeout(() => process.exit(), GRACE).unref()
}

/** None where the program itself is to run, which would hold what it never uses. */
async function loaded(subcommands: readonly Subcommand[] | LazySubcommands): Promise<readonly Subcommand[]> {
  if (isList(subcommands)) return subcommands
  const words = new Set([...Object.keys(subcommands), 'help', '-h', '--help'])
  const asked = process.argv.slice(2).some((word) => words.has(word))
  return asked ? Promise.all(Object.values(subcommands).map((load) => load())) : []
}

function isList(subcommands: readonly Subcommand[] | LazySubcommands): subcommands is readonly Subcommand[] {
  return Array.isArray(subcommands)
}

/** An error that nobody catches would end the process with 1. */
function failWith(status: number): void {
  process.once('uncaughtException', ({ stack, message }) => {
    process.stderr.write(`${stack ?? message}\n`, () => process.exit(status))
  })
}
