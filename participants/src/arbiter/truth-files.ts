import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseJson, stringifyJson, type Verdict } from '@polyswarm/protocol'
import { parseUrlList } from '../artifacts/url-list.js'
import { TruthFileError } from '../errors.js'
import type { KnownTruth, ReadTruth } from './truth-database.js'

/** The formats that truths are written in. */
export const TRUTH_FORMATS = ['csv', 'json'] as const

/** One of {@link TRUTH_FORMATS}. */
export type TruthFormat = (typeof TRUTH_FORMATS)[number]

/** Bytes of a JSON file, which is read at once. */
const MOST_JSON = 256 * 1024 * 1024
const SHA256 = /^[0-9a-f]{64}$/i
const TRUTHS: Readonly<Record<string, Verdict>> = {
  malicious: 'malicious',
  benign: 'benign',
  1: 'malicious',
  0: 'benign',
}

/**
 * Reads truths from a file: `.csv` with the columns `sha256` and `truth`, or `.json` with a list of objects that have these
 * members; others are not looked at. A truth is `malicious` or `benign`, or `1` or `0`.
 *
 * @throws TruthFileError naming the file, and the line or entry that is none.
 */
export async function* readTruthFile(path: string): AsyncGenerator<ReadTruth> {
  const end = extname(path).toLowerCase()
  if (end === '.csv') yield* readCsv(path)
  else if (end === '.json') yield* readJson(path)
  else throw new TruthFileError({ path, reason: 'its name ends neither in .csv nor in .json' })
}

/** The files below a directory, all with the same truth. @throws TruthFileError where one cannot be read. */
export async function* readTruthDirectory(directory: string, truth: Verdict): AsyncGenerator<ReadTruth> {
  const fail = (cause: unknown) => new TruthFileError({ path: directory, reason: (cause as Error).message, cause })
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: Error) => {
    throw fail(cause)
  })
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const origin = join(entry.parentPath, entry.name)
    const hash = createHash('sha256')
    await pipeline(createReadStream(origin), hash).catch((cause: Error) => {
      throw fail(cause)
    })
    yield { sha256: hash.digest('hex'), truth, origin }
  }
}

/** The URLs of a list, each with its truth behind it; see {@link parseUrlList}. @throws TruthFileError. */
export async function* readTruthUrls(list: string): AsyncGenerator<ReadTruth> {
  const refuse = (reason: string) => new TruthFileError({ path: list, reason })
  const text = await readFile(list, 'utf8').catch((cause: Error) => {
    throw refuse(cause.message)
  })
  for (const { url, truth } of parseUrlList(text, refuse)) {
    if (truth === undefined) throw refuse(`neither malicious nor benign stands behind ${url}`)
    yield { sha256: createHash('sha256').update(url).digest('hex'), truth, origin: url }
  }
}

/** Writes truths in a format that {@link readTruthFile} reads, a line for each. */
export function* writeTruths(truths: Iterable<KnownTruth>, format: TruthFormat): Generator<string> {
  if (format === 'csv') {
    yield 'sha256,truth\r\n'
    for (const { sha256, truth } of truths) yield `${sha256},${truth}\r\n`
    return
  }
  let before = '['
  for (const { sha256, truth } of truths) {
    yield `${before}\n${stringifyJson({ sha256, truth })}`
    before = ','
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}

async function* readCsv(path: string): AsyncGenerator<ReadTruth> {
  const { parse } = await import('csv-parse')
  const rows = parse({
    columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
    ...{ bom: true, trim: true, skip_empty_lines: true, info: true, max_record_size: 64 * 1024 },
  })
  const file = createReadStream(path)
  file.once('error', (error) => rows.destroy(error))
  file.pipe(rows)
  try {
    for await (const { record, info } of rows as AsyncIterable<CsvRow>) {
      yield truthOf(record, path, `line ${info.lines}`)
    }
  } catch (cause) {
    if (cause instanceof TruthFileError) throw cause
    throw new TruthFileError({ path, reason: (cause as Error).message, cause })
  } finally {
    file.destroy()
  }
}

interface CsvRow {
  record: Record<string, unknown>
  info: { lines: number }
}

async function* readJson(path: string): AsyncGenerator<ReadTruth> {
  let value: unknown
  try {
    const { size } = await stat(path)
    if (size > MOST_JSON)
      throw new Error(`it has more than ${MOST_JSON} bytes: write it as CSV, which is read bit by bit`)
    value = parseJson(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new TruthFileError({ path, reason: (cause as Error).message, cause })
  }
  if (!Array.isArray(value)) throw new TruthFileError({ path, reason: 'it holds no list' })
  for (const [index, entry] of value.entries()) {
    yield truthOf(Object(entry) as Record<string, unknown>, path, `entry ${index}`)
  }
}

function truthOf({ sha256, truth }: Record<string, unknown>, path: string, place: string): ReadTruth {
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) {
    throw new TruthFileError({ path, reason: `${place}: there is no SHA-256 in "sha256"` })
  }
  const text = String(truth).toLowerCase()
  const verdict = Object.hasOwn(TRUTHS, text) ? TRUTHS[text] : undefined
  if (verdict === undefined) {
    throw new TruthFileError({ path, reason: `${place}: "truth" is neither malicious nor benign` })
  }
  return { sha256: sha256.toLowerCase(), truth: verdict, origin: `${path}, ${place}` }
}
