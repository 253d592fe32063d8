import { hash } from 'node:crypto'
import { UnixFS } from 'ipfs-unixfs'
import type { BufferImporter } from 'ipfs-unixfs-importer'
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

/** What go-ipfs cuts files into, in bytes of content. */
const LEAF_CONTENT = 256 * 1024

const SHA2_256 = 0x12

/** Field tags of the two protobuf messages that make a leaf: PBNode.Data, and UnixFS.Type, .Data and .filesize. */
const NODE_DATA = 0x0a
const TYPE_FILE = [0x08, 0x02]
const CONTENT = 0x12
const FILE_SIZE = 0x18

/** Longer than whatever stands before the content. */
const HEAD_ROOM = 16
const TAIL_ROOM = 8

/** Bytes of content that there is room for at first: most artifacts of a large bounty are small. */
const FIRST_ROOM = 8 * 1024

/** Larger blocks are hashed beside the event loop, in bytes; smaller ones are hashed sooner than they are handed over. */
const LARGE = 32 * 1024

/**
 * Cuts files into leaves as go-ipfs does, in place: the content of a full leaf is copied once, to where it lies in the block
 * that is stored, and hashed beside the event loop. The importer's own way joins, encodes and hashes on the loop, and keeps
 * the content of a file in memory until its end.
 */
export const leafImporter: BufferImporter = async function* (file, blockstore) {
  for await (const block of leavesOf(file.content)) {
    yield async () => {
      const cid = CID.createV0(Digest.create(SHA2_256, await digestOf(block.bytes)))
      await blockstore.put(cid, block.bytes)
      // As a node of which only the size is known: the importer needs no more, and the content can go.
      const unixfs = new UnixFS({ type: 'file', blockSizes: block.content > 0 ? [BigInt(block.content)] : [] })
      return { cid, unixfs, size: BigInt(block.bytes.length), block: block.bytes }
    }
  }
}

interface Leaf {
  bytes: Uint8Array<ArrayBuffer>
  /** Bytes of content. */
  content: number
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (bytes.length <= LARGE) return hash('sha256', bytes, 'buffer')
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

async function* leavesOf(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Leaf> {
  let room = newRoom(FIRST_ROOM)
  let filled = 0
  let count = 0
  for await (const piece of source) {
    for (let at = 0; at < piece.length; ) {
      if (filled === LEAF_CONTENT) {
        yield leafIn(room, filled)
        count++
        // Who has filled one leaf fills the next.
        room = newRoom(LEAF_CONTENT)
        filled = 0
      }
      const part = piece.subarray(at, at + LEAF_CONTENT - filled)
      room = withRoom(room, filled, filled + part.length)
      room.set(part, HEAD_ROOM + filled)
      filled += part.length
      at += part.length
    }
  }
  if (filled > 0 || count === 0) yield leafIn(room, filled)
}

function newRoom(content: number): Uint8Array<ArrayBuffer> {
  return Buffer.allocUnsafeSlow(HEAD_ROOM + content + TAIL_ROOM)
}

/** The same room where so much content fits into it, or that of a whole leaf with what is in it so far. */
function withRoom(room: Uint8Array<ArrayBuffer>, filled: number, needed: number): Uint8Array<ArrayBuffer> {
  if (HEAD_ROOM + needed + TAIL_ROOM <= room.length) return room
  const larger = newRoom(LEAF_CONTENT)
  larger.set(room.subarray(0, HEAD_ROOM + filled))
  return larger
}

/** Writes what belongs around the content. */
function leafIn(room: Uint8Array<ArrayBuffer>, content: number): Leaf {
  const size = bytesOf(content)
  // An empty file has no content field at all.
  const before = content > 0 ? [...TYPE_FILE, CONTENT, ...size] : TYPE_FILE
  const after = [FILE_SIZE, ...size]
  const head = [NODE_DATA, ...bytesOf(before.length + content + after.length), ...before]
  const start = HEAD_ROOM - head.length
  room.set(head, start)
  room.set(after, HEAD_ROOM + content)
  const bytes = room.subarray(start, HEAD_ROOM + content + after.length)
  // Small artifacts must not hold the room of large ones.
  return { bytes: content < LEAF_CONTENT / 2 ? Uint8Array.from(bytes) : bytes, content }
}

function bytesOf(value: number): Uint8Array {
  return varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)))
}
