import { type ImportCandidate, type ImportCandidateStream, importer, type WritableStorage } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { leafImporter } from './leaf-importer.js'

/** go-ipfs's own choices: CIDv0, no raw leaves, chunks of 256 KiB, 174 links a node. */
const PROFILE = 'unixfs-v0-2015'

/** Pieces come as they are and are cut into leaves at once. */
const cut = { chunker: (source: AsyncIterable<Uint8Array>) => source, bufferImporter: leafImporter }

/** What was cut into blocks: the address of the whole, and of each file in it. */
export interface ImportedContent {
  root: CID
  /** Of each file, and the root. */
  names: string[]
}

/** Cuts files into blocks, in a directory that names them 000000, 000001, … in their order. */
export function importFiles(files: AsyncIterable<AsyncIterable<Uint8Array>>, blocks: WritableStorage) {
  return importAll(nameByIndex(files), blocks, true)
}

/** Cuts a text into blocks. */
export function importDocument(text: string, blocks: WritableStorage) {
  return importAll([{ content: new TextEncoder().encode(text) }], blocks, false)
}

async function importAll(
  source: ImportCandidateStream,
  blocks: WritableStorage,
  wrapWithDirectory: boolean,
): Promise<ImportedContent> {
  let root: CID | undefined
  const names: string[] = []
  const options = { profile: PROFILE, wrapWithDirectory, fileImportConcurrency: 1, ...cut } as const
  for await (const { cid } of importer(source, blocks, options)) {
    root = cid
    names.push(cid.toString())
  }
  if (!root) throw new TypeError('an upload needs at least one file')
  return { root, names }
}

/** The names that make go-ipfs's order by name the order of upload. */
async function* nameByIndex(files: AsyncIterable<AsyncIterable<Uint8Array>>): AsyncGenerator<ImportCandidate> {
  let index = 0
  for await (const content of files) yield { path: String(index++).padStart(6, '0'), content }
}
