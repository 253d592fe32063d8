import { decode } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import type { CID } from 'multiformats/cid'

const DAG_PB = 0x70
const RAW = 0x55
const SHA2_256 = 0x12

/** IPFS's own importers make nodes of 174 or 1,024 links. */
const MAX_LINKS = 8_192

/** A part of a file: its own bytes, then those of its children, in order. */
export interface FileNode {
  data: Uint8Array
  /** Each with the bytes of content below it, at least one. */
  children: readonly { cid: CID; size: number }[]
  /** Bytes of content, its own and below it. */
  size: number
}

/** What a directory lists: names and addresses, in its order. */
export type DirectoryEntry = { name: string; cid: CID }

/** Whether two addresses stand for the same bytes, read the same way. */
export function isSameContent(one: CID, other: CID): boolean {
  return one.code === other.code && Buffer.from(one.multihash.bytes).equals(other.multihash.bytes)
}

/**
 * Takes a block of UnixFS apart, without copying it.
 *
 * @throws Error with the reason where it is neither a part of a file nor a directory. Whoever made it may not have meant
 * well.
 */
export function parseUnixfsNode(cid: CID, block: Uint8Array): FileNode | { entries: DirectoryEntry[] } {
  if (cid.code === RAW) return { data: block, children: [], size: block.length }
  if (cid.code !== DAG_PB) throw new Error(`content of kind 0x${cid.code.toString(16)} is no file`)
  const { Data, Links } = decode(block)
  if (!Data) throw new Error('a node does not say what it is')
  const node = UnixFS.unmarshal(Data)
  if (Links.length > MAX_LINKS) throw new Error(`a node has ${Links.length} links`)
  for (const { Hash } of Links) {
    if (Hash.multihash.code !== SHA2_256 || Hash.multihash.digest.length !== 32) {
      throw new Error(`${Hash} is no address by SHA-256`)
    }
  }
  if (node.type === 'directory') return { entries: Links.map(({ Name = '', Hash }) => ({ name: Name, cid: Hash })) }
  if (node.type !== 'file' && node.type !== 'raw') throw new Error(`a ${node.type} is no file`)
  const data = node.data ?? new Uint8Array()
  if (node.blockSizes.length !== Links.length) throw new Error('a node has not as many sizes as links')
  const children = Links.map(({ Hash }, index) => ({ cid: Hash, size: Number(node.blockSizes[index]) }))
  if (children.some(({ size }) => size < 1)) throw new Error('a part of a file is empty')
  return { data, children, size: children.reduce((sum, { size }) => sum + size, data.length) }
}
