import { existsSync, rmSync } from 'node:fs'
import { type ReadTruth, TruthDatabase, type TruthsAdded } from './truth-database.js'
import { readTruthDirectory, readTruthFile, readTruthUrls } from './truth-files.js'

/** What is to be added to a truth database. What is not given is left out. */
export interface TruthImport {
  /** The database; a new one where there is none. */
  output: string
  /** Files in CSV or JSON; see {@link readTruthFile}. */
  files?: readonly string[]
  /** A directory of files that do harm, sub-directories included. */
  malicious?: string | undefined
  /** The same of files that do none. */
  benign?: string | undefined
  /** A list of URLs. */
  urls?: string | undefined
  /** Lets what is added take the place of its opposite in the database. */
  replace?: boolean
}

/**
 * Adds truths to a database: all of them, or on an error none.
 *
 * @returns how many artifacts there were of each kind, and what became of them.
 * @throws TruthConflictError naming an artifact that would be both, TruthFileError for what cannot be read, TruthDatabaseError.
 */
export async function importTruths(options: TruthImport): Promise<TruthsAdded & { malicious: number; benign: number }> {
  const counts = { malicious: 0, benign: 0 }
  const isNew = !existsSync(options.output)
  const database = TruthDatabase.create(options.output)
  try {
    const added = await database.addAll(counted(readAll(options), counts), { replace: options.replace ?? false })
    database.close()
    return { ...added, ...counts }
  } catch (error) {
    database.close()
    // An empty database would be one that knows nothing, and not one that is missing.
    if (isNew) rmSync(options.output, { force: true })
    throw error
  }
}

async function* readAll({ files = [], malicious, benign, urls }: TruthImport): AsyncGenerator<ReadTruth> {
  if (malicious !== undefined) yield* readTruthDirectory(malicious, 'malicious')
  if (benign !== undefined) yield* readTruthDirectory(benign, 'benign')
  if (urls !== undefined) yield* readTruthUrls(urls)
  for (const file of files) yield* readTruthFile(file)
}

async function* counted(
  truths: AsyncIterable<ReadTruth>,
  counts: Record<'malicious' | 'benign', number>,
): AsyncGenerator<ReadTruth> {
  for await (const truth of truths) {
    counts[truth.truth]++
    yield truth
  }
}
