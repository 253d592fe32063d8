import { exitCodeOf, PolySwarmError, readSwitches } from '@polyswarm/protocol'
import type { Command } from 'commander'
import { daemonCommand } from './daemon-command.js'
import { createLog } from './log.js'
import { type Flags, readFlags, readSettings } from './settings.js'

/** A stop that takes longer than this ends the process as it is, in ms. */
const STOP_LIMIT = 4_500

const program = daemonCommand().action(serve)

try {
  readSwitches(program)
  await program.parseAsync()
} catch (error) {
  fail(error)
}

async function serve(_flags: Flags, command: Command): Promise<void> {
  const flags = readFlags(command)
  const log = createLog({ level: flags.logLevel, format: flags.logFormat })
  const interrupted = new AbortController()
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, () => interrupted.abort())
  // Whoever started the daemon may be gone, with the pipe that its log went to: that is no reason to end.
  process.stdout.on('error', () => undefined)
  const settings = readSettings(flags)
  // Settings that cannot be, and the commands, need not wait for the server to be loaded.
  const { startPolyswarmd } = await import('./polyswarmd.js')
  const daemon = await startPolyswarmd({ ...settings, log, signal: interrupted.signal }).catch((error) => {
    if (interrupted.signal.aborted) process.exit(0)
    throw error
  })
  log.info({ url: daemon.url, ...(daemon.url2018 ? { url2018: daemon.url2018 } : {}) }, 'listening')
  const stopped = new Promise<void>((resolve) => {
    if (interrupted.signal.aborted) resolve()
    interrupted.signal.addEventListener('abort', () => resolve())
  })
  const failure = await Promise.race([stopped, daemon.failed.catch((error: unknown) => error)])
  setTimeout(() => process.exit(failure === undefined ? 0 : 1), STOP_LIMIT).unref()
  await daemon.stop()
  if (failure !== undefined) fail(failure)
  log.info('stopped')
  process.exit(0)
}

function fail(error: unknown): never {
  const text = error instanceof PolySwarmError ? error.message : ((error as Error)?.stack ?? String(error))
  process.stderr.write(`polyswarmd: ${text}\n`)
  process.exit(exitCodeOf(error))
}
