import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AnalysisBackend, ClamavBackend, Microengine, YaraBackend } from '@polyswarm/participants'
import { newGuid } from '@polyswarm/protocol'
import { type ClamavFloor, clamavFloor } from './scan/clamav-floor.ts'
import { type Comparison, compare, seconds, succeeds } from './scan/comparison.ts'
import { type Corpus, makeCorpus } from './scan/corpus.ts'
import { type YaraFloor, yaraFloor } from './scan/yara-floor.ts'
import { compareRuleSet, type RuleSetResult, ruleSetText } from './scan/yara-rule-set.ts'
import { type AssertionDelays, assertionDelays } from './scan-delay.ts'

interface ScanResult {
  corpus: { files: number; bytes: number }
  /** Artifacts streamed to clamd. */
  clamav: Comparison | null
  /** Artifacts as files in a directory that clamd reads from. */
  clamavDirectory: Comparison | null
  clamavFloor: ClamavFloor
  yara: Comparison | null
  /** The same without opening archives, as the other program does. */
  yaraAlone: Comparison
  yaraFloor: YaraFloor
  /** Thousands of rules. */
  rules: RuleSetResult | null
  /** Milliseconds that an engine adds to an artifact, apart from its backend's own time. */
  overheadMilliseconds: number
  delay: AssertionDelays
}

/** They come in packages of their own. */
const [CLAMD, CLAMDSCAN] = ['/usr/sbin/clamd', '/usr/bin/clamdscan'] as const
const RULES = fileURLToPath(new URL('../participants/rules', import.meta.url))
const EMPTY_SCANS = 5_000

/**
 * How fast engines scan, against the programs that their backends are made of: the same files, the same rules, in the same
 * run, best of three; and what an engine adds. `--json` prints one JSON document, `--only delay` measures nothing but the
 * time from a bounty's event to its assertion, `--only clamav` and `--only yara` nothing but that backend, `--only rules` yara with
 * thousands of rules.
 */
export async function scanBenchmark(args: string[]): Promise<void> {
  const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '') : undefined
  const parts: Record<string, () => Promise<Partial<ScanResult>>> = {
    clamav: () => withCorpus(compareClamav),
    yara: () => withCorpus(compareYara),
    rules: () => withCorpus(async (directory, corpus) => ({ rules: await compareRuleSet(directory, corpus) })),
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

async function compareClamav(directory: string, corpus: Corpus): Promise<Partial<ScanResult>> {
  if (![CLAMD, CLAMDSCAN].every((program) => existsSync(program))) return { clamav: null, clamavDirectory: null }
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
    'AlertEncrypted yes',
  ]
  await writeFile(configuration, `${lines.join('\n')}\n`)
  const shared = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : directory, 'bench-scan-'))
  const child = spawn(CLAMD, ['--config-file', configuration], { stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    await ready(child)
    const theirs = () =>
      succeeds(CLAMDSCAN, ['--multiscan', '--no-summary', '--config-file', configuration, corpus.directory])
    const options = { address: { path: socket }, concurrency: 10 }
    const [clamav, clamavDirectory] = await compare(
      corpus,
      [new ClamavBackend(options), new ClamavBackend({ ...options, directory: shared, warn: fail })],
      theirs,
    )
    return { clamav, clamavDirectory, clamavFloor: await clamavFloor(socket, shared, corpus) }
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
  const [yara, yaraAlone] = await compare(
    corpus,
    [new YaraBackend(RULES), withoutMembers(new YaraBackend(RULES))],
    theirs,
  )
  return { yara, yaraAlone, yaraFloor: await yaraFloor(RULES, corpus) }
}

/** A backend that does what `yara` does, which opens nothing. */
function withoutMembers(backend: AnalysisBackend): AnalysisBackend {
  return {
    name: backend.name,
    versions: backend.versions,
    setup: () => backend.setup(),
    analyze: (request) => backend.analyze(request),
    teardown: () => backend.teardown(),
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
    result.clamavFloor && clamavFloorText(result.clamavFloor),
    line('yara', 'yara', result.yara),
    line('yara, archives not opened', 'yara', result.yaraAlone),
    result.yaraFloor && yaraFloorText(result.yaraFloor),
    result.rules !== undefined && ruleSetText(result.rules),
    overheadMilliseconds !== undefined && `overhead per artifact: ${overheadMilliseconds.toFixed(3)} ms`,
    delay && delayText(delay),
  ]
  return `${lines.filter((text) => typeof text === 'string').join('\n')}\n`
}

function clamavFloorText({ streamed, shared }: ClamavFloor): string {
  return (
    `one thread that only reads and streams to clamd: ${streamed.toFixed(0)} files/s; ` +
    `that reads, writes and names to clamd: ${shared.toFixed(0)} files/s`
  )
}

function yaraFloorText({ handedOver, lookedAt, oneThread }: YaraFloor): string {
  return (
    `one thread that only reads and hands over: ${handedOver.toFixed(0)} files/s; ` +
    `to processes that look at them: ${lookedAt.toFixed(0)} files/s; ` +
    `that reads and looks with YARA-X itself: ${oneThread.toFixed(0)} files/s`
  )
}

function delayText(delay: AssertionDelays): string {
  const delays = Object.entries(delay).map(
    ([open, { p50, p99, count }]) => `${open}: ${p50} ms, ${p99} ms (of ${count})`,
  )
  return `from bounty event to assertion sent, without the scan, median and 99th percentile: ${delays.join('; ')}`
}
