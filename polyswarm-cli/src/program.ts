import { PolySwarmError } from '@polyswarm/protocol/errors'
import { readSwitches } from '@polyswarm/protocol/switches'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { Command, CommanderError } from 'commander'
import { accountCommand } from './commands/account.js'
import { catCommand } from './commands/cat.js'
import { deleteCommand } from './commands/delete.js'
import { disputeCommand } from './commands/dispute.js'
import { downloadCommand } from './commands/download.js'
import { engineCommand } from './commands/engine.js'
import { enginesCommand } from './commands/engines.js'
import { listCommand } from './commands/list.js'
import { lookupCommand } from './commands/lookup.js'
import { notificationCommand } from './commands/notification.js'
import { rescanCommand } from './commands/rescan.js'
import { scanCommand } from './commands/scan.js'
import { searchCommand } from './commands/search.js'
import { streamCommand } from './commands/stream.js'
import { waitCommand } from './commands/wait.js'
import { CommandError } from './errors.js'
import { EXIT, type ExitStatus } from './exit-status.js'
import { addGlobalOptions, type GlobalFlags } from './options.js'
import { openSession, type ProgramIo, type Session } from './session.js'

/** Runs a command's work in a session of its own. */
export type Run = (command: Command, work: (session: Session) => Promise<ExitStatus>) => Promise<void>

/**
 * Runs a command line of `polyswarm`. Errors are one sentence on standard error each; a command that is stopped says what goes
 * on without it.
 *
 * @returns the status to end with; see {@link EXIT}.
 */
export async function runPolyswarm(io: ProgramIo): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.done
  const run: Run = async (command, work) => {
    const session = openSession(command.optsWithGlobals<GlobalFlags>(), io)
    try {
      status = await work(session)
    } finally {
      tellWhatGoesOn(session)
    }
  }
  const program = programWith(run, io)
  try {
    readSwitches(program)
    await program.parseAsync(io.words as string[], { from: 'user' })
    return status
  } catch (error) {
    return endedBy(error, io)
  }
}

function programWith(run: Run, { stdout, stderr }: ProgramIo): Command {
  const program = addGlobalOptions(
    new Command('polyswarm').description('Asks a PolySwarm market what it says of a file or a URL.'),
  )
  const commands = [
    scanCommand,
    lookupCommand,
    waitCommand,
    rescanCommand,
    disputeCommand,
    deleteCommand,
    searchCommand,
    listCommand,
    downloadCommand,
    catCommand,
    streamCommand,
    enginesCommand,
    engineCommand,
    notificationCommand,
    accountCommand,
  ].map((make) => make(run))
  for (const command of commands) program.addCommand(command)
  for (const command of withThoseBelow(program)) {
    command
      .exitOverride()
      .showHelpAfterError('(--help shows what can be given)')
      .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })
  }
  return program.addHelpText(
    'after',
    `
Status: 0 all is there; 1 nothing found, a submission failed or the service is away; 2 the command, the key or an answer is
wrong; 3 some of it is missing or still open; 4 with --exit-status, something is malicious; 130 stopped.`,
  )
}

function withThoseBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap((below) => withThoseBelow(below as Command))]
}

function endedBy(error: unknown, { signal, stderr, stdout }: ProgramIo): ExitStatus {
  if (signal.aborted) return EXIT.stopped
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrong
  // Whoever read the results has had enough.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE' || stdout.destroyed) return EXIT.wrong
  const known = error instanceof PolySwarmError
  const text = known ? error.message : ((error as Error).stack ?? String(error))
  stderr.write(
    `polyswarm: ${text
      .split('\n')
      .map(visibleText)
      .join(known ? ' ' : '\n')}\n`,
  )
  return error instanceof CommandError ? error.exitStatus : EXIT.wrong
}

/** What was started goes on, and may be paid for: nobody has to search for it. */
function tellWhatGoesOn({ submissions, say }: Session): void {
  const { ids } = submissions
  if (ids.length > 0) say(`Not waited for to the end; this shows the answer: polyswarm wait ${ids.join(' ')}`)
}
