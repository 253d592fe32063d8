import { execFile } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { type AnalysisBackend, Microengine } from '@polyswarm/participants'
import { newGuid } from '@polyswarm/protocol'
import { type Corpus, LARGEST } from './corpus.ts'

const AT_A_TIME = 16
const ROUNDS = 3

const run = promisify(execFile)

/** The same files by two programs. */
export interface Comparison {
  /** Files a second of our engine. */
  ours: number
  /** Files a second of the program of the same make. */
  theirs: number
  /** ours / theirs. */
  ratio: number
}

/** @returns a comparison for each of the backends, all with the same runs of the other program. */
export async function compare<Backends extends AnalysisBackend[]>(
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

/** The content of a file, in the room that is given. */
export function readInto(room: Uint8Array, path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    return room.subarray(0, readSync(file, room))
  } finally {
    closeSync(file)
  }
}

/** How long it takes. */
export async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}

/** clamdscan ends with 1 where it found something. */
export async function succeeds(program: string, args: string[]): Promise<void> {
  await run(program, args, { maxBuffer: 64 * 1024 * 1024 }).catch((error: { code?: number; stderr?: string }) => {
    if (error.code !== 1) throw new Error(`${program} failed with ${error.code}: ${error.stderr?.slice(0, 500)}`)
  })
}
