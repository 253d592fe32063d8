import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../test/support/free-port.ts'
import type { AnalysisRequest } from '../../analysis/analysis-backend.ts'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { ClamdClient } from './clamd-client.ts'

const CLAMD = ['/usr/sbin/clamd', '/usr/bin/clamd', '/usr/local/sbin/clamd'].find((path) => existsSync(path))
const NOBODY = 65_534

/** Whether this machine has ClamAV's daemon. Without it these tests are skipped, and fail where CI=true. */
export const hasClamd = CLAMD !== undefined || process.env.CI === 'true'

/** Why tests are skipped, for their title. */
export const skipNote = hasClamd ? '' : ' (skipped: there is no clamd, apt-get install clamav-daemon)'

/** A text in which there is nothing to find. */
export const harmless = new Uint8Array(Buffer.from('a letter'))

/** What a backend is asked about a content. */
export function request(content: Uint8Array, signal: AbortSignal = AbortSignal.timeout(20_000)): AnalysisRequest {
  return { content, artifactType: 'file', metadata: {}, signal }
}

/** A clamd of a test's own, with one signature of ours: it knows EICAR, anywhere in a file, and nothing else. */
export interface TestClamd {
  socket: string
  port: number
  /** The configuration, for other programs of ClamAV. */
  configuration: string
  stop(): Promise<void>
}

/** Has clamd tell what it did not look at. */
const OUTSPOKEN = ['AlertExceedsMax yes', 'AlertEncrypted yes']

/** @param lines more of the configuration, such as `StreamMaxLength 1M`; outspoken by default. */
export async function startClamd(
  lines: readonly string[] = [],
  alerts: readonly string[] = OUTSPOKEN,
): Promise<TestClamd> {
  if (CLAMD === undefined) throw new Error('There is no clamd on this machine: apt-get install clamav-daemon.')
  const directory = await mkdtemp(join(tmpdir(), 'clamd-'))
  await chmod(directory, 0o777)
  const hex = Buffer.from(eicarTestFile()).toString('hex')
  await writeFile(join(directory, 'own.ndb'), `Eicar-Test-Signature:0:*:${hex}\n`)
  const socket = join(directory, 'clamd.sock')
  const port = await freePort()
  const configuration = join(directory, 'clamd.conf')
  const settings = [
    `DatabaseDirectory ${directory}`,
    `TemporaryDirectory ${directory}`,
    `LocalSocket ${socket}`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    'Foreground yes',
    'ScanPE no',
    'DisableCache yes',
    ...alerts,
    ...lines,
  ]
  await writeFile(configuration, `${settings.join('\n')}\n`)
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const child = spawn(CLAMD, ['--config-file', configuration], { stdio: ['ignore', 'pipe', 'pipe'], ...user })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  try {
    await answering(child, socket, () => output)
  } catch (error) {
    await stop(child, directory)
    throw error
  }
  return { socket, port, configuration, stop: () => stop(child, directory) }
}

/** Ready is when it says that its socket is there, and answers. */
async function answering(child: ChildProcess, socket: string, output: () => string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.stdout?.on('data', () => {
    if (/Self checking|SelfCheck/i.test(output())) resolve()
  })
  child.once('exit', (code) => reject(new Error(`clamd ended with ${code}:\n${output()}`)))
  child.once('error', reject)
  await promise
  await new ClamdClient({ address: { path: socket }, timeout: 20_000 }).ping()
}

async function stop(child: ChildProcess, directory: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await rm(directory, { recursive: true, force: true })
}

/** Version of the installed ClamAV, as its own program says. */
export function installedVersion(): string {
  return execFileSync(CLAMD ?? 'clamd', ['--version'], { encoding: 'utf8' }).trim()
}
