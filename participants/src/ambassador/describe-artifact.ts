import { extname } from 'node:path'
import type { ArtifactType, BountyMetadata } from '@polyswarm/protocol'
import type { ContentEntry } from '../artifacts/content-identifier.js'
import { BountySourceError } from '../errors.js'
import { contentEntry, examine } from '../examiner/examine.js'
import type { ArtifactFile } from './bounty-source.js'

/** What an ambassador knows of an artifact before anybody has stored it. */
export interface DescribedArtifact {
  entry: ContentEntry
  metadata: BountyMetadata
}

/**
 * Computes an artifact's content address, and the description of it that goes into the bounty's metadata.
 *
 * @throws BountySourceError where the file can no longer be read, or has changed.
 */
export async function describeArtifact(
  { name, content, password }: ArtifactFile,
  artifactType: ArtifactType,
): Promise<DescribedArtifact> {
  const bytes = new Uint8Array(
    await content.arrayBuffer().catch((error: Error) => {
      throw new BountySourceError({ source: name, reason: error.message })
    }),
  )
  const entry = await contentEntry(bytes)
  if (artifactType === 'url') return { entry, metadata: describeUrl(Buffer.from(bytes).toString()) }
  const { sha256, sha1, md5 } = await examine('hashes', bytes)
  return {
    entry,
    metadata: {
      filename: name,
      filesize: String(bytes.length),
      mimetype: mimetypeOf(name, bytes),
      sha256,
      sha1,
      md5,
      ...(password !== undefined && { password }),
    },
  }
}

function describeUrl(uri: string): BountyMetadata {
  return { uri, protocol: new URL(uri).protocol.replace(':', '') }
}

const MAGIC: [string, number[]][] = [
  ['application/x-dosexec', [0x4d, 0x5a]],
  ['application/x-executable', [0x7f, 0x45, 0x4c, 0x46]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46]],
  ['application/zip', [0x50, 0x4b, 0x03, 0x04]],
  ['application/gzip', [0x1f, 0x8b]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
]

const EXTENSIONS: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.xml': 'text/xml',
}

/** A guess by first bytes, then by name: engines take it as a hint. */
function mimetypeOf(name: string, bytes: Uint8Array): string {
  const known = MAGIC.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))
  if (known) return known[0]
  const head = bytes.subarray(0, 4096)
  if (head.includes(0)) return 'application/octet-stream'
  return EXTENSIONS[extname(name).toLowerCase()] ?? 'text/plain'
}
