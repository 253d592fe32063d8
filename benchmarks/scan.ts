import { execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ClamavBackend, Microengine, YaraBackend } from '@polyswarm/participants'
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
  clamav: Comparison | null
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
 * time from a bounty's event to its assertion.
 */
export async function scanBenchmark(args: string[]): Promise<void> {
  if (args.includes('--only')) {
    const only = args[args.indexOf('--only') + 1]
    if (only !== 'delay') throw new Error(`--only ${only}: there is only delay`)
    const delay = await assertionDelays()
    process.stdout.write(args.includes('--json') ? `${JSON.stringify({ delay })}\n` : `${delayText(delay)}\n`)
    return
  }
  const directory = await mkdtemp(join(tmpdir(), 'bench-scan-'))
  await chmod(directory, 0o755)
  try {
    const corpus = await makeCorpus(join(directory, 'corpus'))
    const result: ScanResult = {
      corpus: { files: corpus.paths.length, bytes: corpus.bytes },
      clamav: existsSync(CLAMD) ? await compareClamav(directory, corpus) : null,
      yara: await compareYara(corpus),
      overheadMilliseconds: await overhead(),
      delay: await assertionDelays(),
    }
    process.stdout.write(args.includes('--json') ? `${JSON.stringify(result)}\n` : textOf(result))
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

async function compareClamav(directory: string, corpus: Corpus): Promise<Comparison> {
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
  const child = spawn(CLAMD, ['--config-file', configuration], { stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    await ready(child)
    const theirs = () =>
      succeeds('clamdscan', ['--multiscan', '--no-summary', '--config-file', configuration, corpus.directory])
    return await compare(corpus, () => new ClamavBackend({ address: { path: socket }, concurrency: 10 }), theirs)
  } finally {
    child.kill('SIGKILL')
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

async function compareYara(corpus: Corpus): Promise<Comparison | null> {
  if (!existsSync('/usr/bin/yara')) return null
  const rules = (await readdir(RULES)).map((name) => join(RULES, name))
  const threads = String(Math.min(4, navigator.hardwareConcurrency))
  const theirs = () => succeeds('yara', ['-w', '-p', threads, ...rules, corpus.directory])
  return compare(corpus, () => new YaraBackend(RULES), theirs)
}

async function compare(
  { paths }: Corpus,
  make: () => ClamavBackend | YaraBackend,
  theirs: () => Promise<void>,
): Promise<Comparison> {
  const engine = new Microengine({ name: 'bench', backends: [make()], scanTimeLimit: 120_000 })
  await engine.setup()
  const best = { ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY }
  try {
    for (let round = 0; round < ROUNDS; round++) {
      best.theirs = Math.min(best.theirs, await seconds(theirs))
      best.ours = Math.min(best.ours, await seconds(() => scanAll(engine, paths)))
    }
  } finally {
    await engine.teardown()
  }
  const [ours, other] = [paths.length / best.ours, paths.length / best.theirs]
  return { ours, theirs: other, ratio: ours / other }
}

/** Files are read as part of the work, as the other program reads them: each worker has its own room for one. */
async function scanAll(engine: Microengine, paths: readonly string[]): Promise<void> {
  const queue = paths.values()
  const signal = new AbortController().signal
  const worker = async (): Promise<void> => {
    const room = new Uint8Array(LARGEST)
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
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))
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

function textOf({ corpus, clamav, yara, overheadMilliseconds, delay }: ScanResult): string {
  const line = (name: string, rival: string, comparison: Comparison | null): string =>
    comparison === null
      ? `${name}: not measured, ${rival} is not installed`
      : `${name}: ${comparison.ours.toFixed(0)} files/s, ${rival} ${comparison.theirs.toFixed(0)}: ratio ${comparison.ratio.toFixed(2)}`
  return `${[
    `${corpus.files} files, ${(corpus.bytes / 1e6).toFixed(0)} MB`,
    line('clamav', 'clamdscan --multiscan', clamav),
    line('yara', 'yara', yara),
    `overhead per artifact: ${overheadMilliseconds.toFixed(3)} ms`,
    delayText(delay),
  ].join('\n')}\n`
}

function delayText(delay: AssertionDelays): string {
  const delays = Object.entries(delay).map(
    ([open, { p50, p99, count }]) => `${open}: ${p50} ms, ${p99} ms (of ${count})`,
  )
  return `from bounty event to assertion sent, without the scan, median and 99th percentile: ${delays.join('; ')}`
}
