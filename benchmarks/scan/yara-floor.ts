import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NO_VARIABLES } from '../../participants/dist/backends/yara/external-variables.js'
import { nativeEngine } from '../../participants/dist/backends/yara/native-engine.js'
import { YaraScanner } from '../../participants/dist/backends/yara/yara-scanner.js'
import { readInto, seconds } from './comparison.ts'
import { type Corpus, LARGEST } from './corpus.ts'

/** What the same files take without an engine, in files a second. */
export interface YaraFloor {
  /** A program of one thread that reads them and hands them over to processes that throw them away. */
  handedOver: number
  /** The same, with processes that look at them. */
  lookedAt: number
  /** A program of one thread that reads them and looks at them with the native build of YARA-X; 0 where there is none. */
  oneThread: number
}

const ROUNDS = 3
const PROCESSES = 2

/** Measures both; the best of three rounds each. */
export async function yaraFloor(rulesDirectory: string, { paths }: Corpus): Promise<YaraFloor> {
  const texts = readdirSync(rulesDirectory).map((name) => readFileSync(join(rulesDirectory, name), 'utf8'))
  const rules = nativeEngine()?.compile(texts)
  const look = async (): Promise<void> => {
    for (const path of paths) rules?.scan(readFileSync(path), NO_VARIABLES)
  }
  return {
    handedOver: await rate(paths.length, () => handOver(paths)),
    lookedAt: await withScanners(texts, (scanners) => rate(paths.length, () => haveLooked(scanners, paths))),
    oneThread: rules ? await rate(paths.length, look) : 0,
  }
}

async function rate(files: number, work: () => Promise<void>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, await seconds(work))
  return files / best
}

async function handOver(paths: readonly string[]): Promise<void> {
  const queue = paths.values()
  const hand = async (): Promise<void> => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] })
    const ended = once(child, 'close')
    for (const path of queue) await new Promise((resolve) => child.stdin.write(readFileSync(path), resolve))
    child.stdin.end()
    await ended
  }
  await Promise.all(Array.from({ length: PROCESSES }, hand))
}

async function withScanners<T>(texts: string[], work: (scanners: readonly YaraScanner[]) => Promise<T>): Promise<T> {
  const scanners = Array.from({ length: PROCESSES }, () => new YaraScanner({ texts }))
  try {
    await Promise.all(scanners.map(({ ready }) => ready))
    return await work(scanners)
  } finally {
    await Promise.all(scanners.map((scanner) => scanner.end()))
  }
}

async function haveLooked(scanners: readonly YaraScanner[], paths: readonly string[]): Promise<void> {
  const queue = paths.values()
  const { signal } = new AbortController()
  const look = async (scanner: YaraScanner): Promise<void> => {
    const room = new Uint8Array(LARGEST)
    for (const path of queue) await scanner.scan(readInto(room, path), NO_VARIABLES, signal)
  }
  await Promise.all(scanners.map(look))
}
