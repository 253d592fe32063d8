/** Field tags of the two protobuf messages that make a leaf: PBNode.Data, and UnixFS.Type, .Data and .filesize. */
const NODE_DATA = 0x0a
const TYPE = 0x08
const TYPE_FILE = 0x02
const CONTENT = 0x12
const FILE_SIZE = 0x18

/**
 * The content inside a block that is a leaf of a file, as go-ipfs and our importer write them; no byte is copied. Null
 * for anything else: whoever asks then has to take the block apart by all rules.
 */
export function leafContent(block: Uint8Array): Uint8Array | null {
  const reader = { block, at: 0 }
  if (!take(reader, NODE_DATA)) return null
  const length = varint(reader)
  if (length === null || reader.at + length !== block.length) return null
  if (!take(reader, TYPE) || !take(reader, TYPE_FILE) || !take(reader, CONTENT)) return null
  const size = varint(reader)
  if (size === null || reader.at + size > block.length) return null
  const content = block.subarray(reader.at, reader.at + size)
  reader.at += size
  if (!take(reader, FILE_SIZE) || varint(reader) !== size || reader.at !== block.length) return null
  return content
}

interface Reader {
  block: Uint8Array
  at: number
}

function take(reader: Reader, byte: number): boolean {
  return reader.block[reader.at++] === byte
}

function varint(reader: Reader): number | null {
  let value = 0
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = reader.block[reader.at++]
    if (byte === undefined) return null
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return value
  }
  return null
}
