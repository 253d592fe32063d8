import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

/** What a directory says of one of its entries. */
export interface ContentEntry {
  cid: CID
  /** Bytes of the entry's blocks, file structure included: IPFS calls it Tsize. */
  size: bigint
}

const DAG_PB = 0x70
const SHA2_256 = 0x12
/** UnixFS data of a plain directory: field 1, value 1. */
const DIRECTORY = Uint8Array.of(0x08, 0x01)
/** How UnixFS data of a file begins: field 1, value 2. */
const FILE = Uint8Array.of(0x08, 0x02)
/** Bytes of content in a block, at most. */
const CHUNK = 256 * 1024

/** Blocks are hashed and forgotten: only the name of the whole is wanted. */
const nowhere = { put: async (cid: CID) => cid }

/** The content address that an IPFS node with its original settings gives a file: version 0, chunks of 256 KiB. */
export async function identifyFile(content: Uint8Array): Promise<ContentEntry> {
  if (content.length <= CHUNK) return identifyChunk(content)
  // A library of some size, which few files need.
  const { importer } = await import('ipfs-unixfs-importer')
  const source = [{ content }]
  for await (const { cid, size } of importer(source, nowhere, { cidVersion: 0, rawLeaves: false })) return { cid, size }
  throw new TypeError('The importer named no file.')
}

/** That of a file of one block, which is one node without links. */
function identifyChunk(content: Uint8Array): ContentEntry {
  const size = Uint8Array.of(0x18, ...varint(BigInt(content.length)))
  const data = content.length === 0 ? [FILE, size] : [FILE, field(2, content), size]
  return identifyNode(field(1, Buffer.concat(data)))
}

/** The content address of a directory whose entries are named 000000, 000001, … in this order, as uploads make them. */
export function identifyDirectory(entries: readonly ContentEntry[]): CID {
  const links = entries.map(({ cid, size }, index) => {
    const name = Buffer.from(index.toString().padStart(6, '0'))
    return field(2, Buffer.concat([field(1, cid.bytes), field(2, name), Uint8Array.of(0x18), varint(size)]))
  })
  return identifyNode(Buffer.concat([...links, field(1, DIRECTORY)])).cid
}

/** The entry of a block that has no others below it. */
function identifyNode(node: Uint8Array): ContentEntry {
  const digest = new Uint8Array(createHash('sha256').update(node).digest())
  const cid = CID.createV0(Digest.create(SHA2_256, digest))
  return { cid, size: BigInt(node.length) }
}

/** The CID that a text names, or undefined where it names none. */
export function parseContentIdentifier(text: string): CID | undefined {
  try {
    const cid = CID.parse(text)
    return cid.code === DAG_PB && cid.multihash.code === SHA2_256 ? cid : undefined
  } catch {
    return undefined
  }
}

/** A length-delimited field of protocol buffers. */
function field(number: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of((number << 3) | 2), varint(BigInt(content.length)), content])
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
