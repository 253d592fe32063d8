import { execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type AnalysisBackend, ClamavBackend, Microengine, YaraBackend } from '@polyswarm/participants'
import { newGuid } from '@polyswarm/protocol'
import { type AssertionDelays, assertionDelays } from './scan-delay.ts'

/** The same files by two programs. */
interface Comparison {
  /** Files a second of our engine. */
  ours: number
  /** Files a second of the program of the same make. */
  theirs: number
  /** ours / theirs. */
  ratio: number
}

interface ScanResult {
  corpus: { files: number; bytes: number }
  /** Artifacts streamed to clamd. */
  clamav: Comparison | null
  /** Artifacts as files in a directory that clamd reads from. */
  clamavDirectory: Comparison | null
  yara: Comparison | null
  /** Milliseconds that an engine adds to an artifact, apart from its backend's own time. */
  overheadMilliseconds: number
  delay: AssertionDelays
}

const MIN_FILES = 2_000
const MIN_BYTES = 200_000_000
const LARGEST = 16_000_000
const CLAMD = '/usr/sbin/clamd'
const RULES = fileURLToPath(new URL('../participants/rules', import.meta.url))
const AT_A_TIME = 16
const ROUNDS = 3
const EMPTY_SCANS = 5_000

const run = promisify(execFile)

/**
 * How fast engines scan, against the programs that their backends are made of: the same files, the same rules, in the same
 * run, best of three; and what an engine adds. `--json` prints one JSON document, `--only delay` measures nothing but the
 * time from a bounty's event to its assertion, `--only clamav` and `--only yara` nothing but that backend.
 */
export async function scanBenchmark(args: string[]): Promise<void> {
  const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '') : undefined
  const parts: Record<string, () => Promise<Partial<ScanResult>>> = {
    clamav: () => withCorpus(compareClamav),
    yara: () => withCorpus(compareYara),
    overhead: async () => ({ overheadMilliseconds: await overhead() }),
    delay: async () => ({ delay: await assertionDelays() }),
  }
  if (only !== undefined && !Object.hasOwn(parts, only)) {
    throw new Error(`--only ${only}: there are ${Object.keys(parts).join(', ')}`)
  }
  let result: Partial<ScanResult> = {}
  for (const [name, measure] of Object.entries(parts)) {
    if (only === undefined || only === name) result = { ...result, ...(await measure()) }
  }
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(result)}\n` : textOf(result))
}

async function withCorpus(
  measure: (directory: string, corpus: Corpus) => Promise<Partial<ScanResult>>,
): Promise<Partial<ScanResult>> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-scan-'))
  await chmod(directory, 0o755)
  try {
    const corpus = await makeCorpus(join(directory, 'corpus'))
    return { corpus: { files: corpus.paths.length, bytes: corpus.bytes }, ...(await measure(directory, corpus)) }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

interface Corpus {
  directory: string
  paths: string[]
  bytes: number
}

/** Copies of files of this machine: programs, libraries, scripts, documents, as they come. */
async function makeCorpus(directory: string): Promise<Corpus> {
  await mkdir(directory)
  const paths: string[] = []
  let bytes = 0
  for (const root of ['/usr/bin', '/usr/lib', '/usr/share']) {
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (paths.length >= MIN_FILES && bytes >= MIN_BYTES) return { directory, paths, bytes }
      if (!entry.isFile()) continue
      const source = join(entry.parentPath, entry.name)
      const { size } = await stat(source)
      if (size === 0 || size > LARGEST) continue
      // Small files first would be few bytes, large ones few files.
      const wanted = paths.length < MIN_FILES ? bytes < MIN_BYTES || size < 50_000 : true
      if (!wanted) continue
      const path = join(directory, `${paths.length}`.padStart(6, '0'))
      await copyFile(source, path)
      await chmod(path, 0o644)
      paths.push(path)
      bytes += size
    }
  }
  return { directory, paths, bytes }
}

async function compareClamav(directory: string, corpus: Corpus): Promise<Partial<ScanResult>> {
  if (!existsSync(CLAMD)) return { clamav: null, clamavDirectory: null }
  const data = join(directory, 'clamav')
  await mkdir(data)
  await chmod(data, 0o777)
  await writeFile(join(data, 'own.ndb'), `Eicar-Test-Signature:0:*:${Buffer.from('EICAR-STANDARD').toString('hex')}\n`)
  const socket = join(data, 'clamd.sock')
  const configuration = join(data, 'clamd.conf')
  const lines = [
    `DatabaseDirectory ${data}`,
    `TemporaryDirectory ${data}`,
    `LocalSocket ${socket}`,
    'Foreground yes',
    'DisableCache yes',
    'AlertExceedsMax yes',
  ]
  await writeFile(configuration, `${lines.join('\n')}\n`)
  const shared = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : directory, 'bench-scan-'))
  const child = spawn(CLAMD, ['--config-file', configuration], { stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    await ready(child)
    const theirs = () =>
      succeeds('clamdscan', ['--multiscan', '--no-summary', '--config-file', configuration, corpus.directory])
    const options = { address: { path: socket }, concurrency: 10 }
    const [clamav, clamavDirectory] = await compare(
      corpus,
      [new ClamavBackend(options), new ClamavBackend({ ...options, directory: shared, warn: fail })],
      theirs,
    )
    return { clamav, clamavDirectory }
  } finally {
    child.kill('SIGKILL')
    await rm(shared, { recursive: true, force: true })
  }
}

async function ready(child: ReturnType<typeof spawn>): Promise<void> {
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.stdout?.on('data', (data) => {
    output += String(data)
    if (/Self checking|SelfCheck/i.test(output)) resolve()
  })
  child.once('exit', () => reject(new Error(`clamd ended:\n${output}`)))
  await promise
}

/** A directory that is not used would be measured as a stream. */
function fail(message: string): void {
  throw new Error(message)
}

async function compareYara(_directory: string, corpus: Corpus): Promise<Partial<ScanResult>> {
  if (!existsSync('/usr/bin/yara')) return { yara: null }
  const rules = (await readdir(RULES)).map((name) => join(RULES, name))
  const threads = String(Math.min(4, navigator.hardwareConcurrency))
  const theirs = () => succeeds('yara', ['-w', '-p', threads, ...rules, corpus.directory])
  const [yara] = await compare(corpus, [new YaraBackend(RULES)], theirs)
  return { yara }
}

/** @returns a comparison for each of the backends, all with the same runs of the other program. */
async function compare<Backends extends AnalysisBackend[]>(
  { paths }: Corpus,
  backends: [...Backends],
  theirs: () => Promise<void>,
): Promise<{ [Index in keyof Backends]: Comparison }> {
  const engines = backends.map(
    (backend) => new Microengine({ name: 'bench', backends: [backend], scanTimeLimit: 120_000 }),
  )
  for (const engine of engines) await engine.setup()
  const fastest = engines.map(() => Number.POSITIVE_INFINITY)
  let other = Number.POSITIVE_INFINITY
  try {
    for (let round = 0; round < ROUNDS; round++) {
      other = Math.min(other, await seconds(theirs))
      for (const [index, engine] of engines.entries()) {
        fastest[index] = Math.min(fastest[index] ?? 0, await seconds(() => scanAll(engine, paths)))
      }
    }
  } finally {
    for (const engine of engines) await engine.teardown()
  }
  const comparisons = fastest.map((time) => ({
    ours: paths.length / time,
    theirs: paths.length / other,
    ratio: other / time,
  }))
  return comparisons as { [Index in keyof Backends]: Comparison }
}

/** Each worker's own room for a file. */
const rooms = Array.from({ length: AT_A_TIME }, () => new Uint8Array(LARGEST))

/** Files are read as part of the work, as the other program reads them. */
async function scanAll(engine: Microengine, paths: readonly string[]): Promise<void> {
  const queue = paths.values()
  const signal = new AbortController().signal
  const worker = async (room: Uint8Array): Promise<void> => {
    for (const path of queue) {
      const content = readInto(room, path)
      const finding = await engine.scan({
        guid: newGuid(),
        index: 0,
        content,
        artifactType: 'file',
        metadata: {},
        signal,
      })
      if (finding.outcome === 'abstain') throw new Error(`no finding on ${path}: ${finding.reason}`)
    }
  }
  await Promise.all(rooms.map(worker))
}

function readInto(room: Uint8Array, path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    return room.subarray(0, readSync(file, room))
  } finally {
    closeSync(file)
  }
}

async function overhead(): Promise<number> {
  const backend = {
    name: 'instant',
    versions: {},
    setup: async () => undefined,
    analyze: async () => ({ outcome: 'benign' as const, confidence: 1 }),
    teardown: async () => undefined,
  }
  const engine = new Microengine({ name: 'bench', backends: [backend] })
  const content = new Uint8Array(10_000)
  const signal = new AbortController().signal
  const scan = () => engine.scan({ guid: newGuid(), index: 0, content, artifactType: 'file', metadata: {}, signal })
  for (let i = 0; i < EMPTY_SCANS / 10; i++) await scan()
  const time = await seconds(async () => {
    for (let i = 0; i < EMPTY_SCANS; i++) await scan()
  })
  return (time * 1_000) / EMPTY_SCANS
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}

/** clamdscan ends with 1 where it found something. */
async function succeeds(program: string, args: string[]): Promise<void> {
  await run(program, args, { maxBuffer: 64 * 1024 * 1024 }).catch((error: { code?: number; stderr?: string }) => {
    if (error.code !== 1) throw new Error(`${program} failed with ${error.code}: ${error.stderr?.slice(0, 500)}`)
  })
}

function textOf({ corpus, overheadMilliseconds, delay, ...result }: Partial<ScanResult>): string {
  const line = (name: string, rival: string, comparison: Comparison | null | undefined): string | undefined => {
    if (comparison === undefined) return undefined
    if (comparison === null) return `${name}: not measured, ${rival} is not installed`
    const { ours, theirs, ratio } = comparison
    return `${name}: ${ours.toFixed(0)} files/s, ${rival} ${theirs.toFixed(0)}: ratio ${ratio.toFixed(2)}`
  }
  const lines = [
    corpus && `${corpus.files} files, ${(corpus.bytes / 1e6).toFixed(0)} MB`,
    line('clamav, streams', 'clamdscan --multiscan', result.clamav),
    line('clamav, directory', 'clamdscan --multiscan', result.clamavDirectory),
    line('yara', 'yara', result.yara),
    overheadMilliseconds !== undefined && `overhead per artifact: ${overheadMilliseconds.toFixed(3)} ms`,
    delay && delayText(delay),
  ]
  return `${lines.filter((text) => typeof text === 'string').join('\n')}\n`
}

function delayText(delay: AssertionDelays): string {
  const delays = Object.entries(delay).map(
    ([open, { p50, p99, count }]) => `${open}: ${p50} ms, ${p99} ms (of ${count})`,
  )
  return `from bounty event to assertion sent, without the scan, median and 99th percentile: ${delays.join('; ')}`
}
