import { createWriter, headerLength } from '@ipld/car/buffer-writer'
import { MAX_ARTIFACTS } from '@polyswarm/protocol'
import type { FastifyRequest } from 'fastify'
import { varint } from 'multiformats'
import type { CID } from 'multiformats/cid'
import type { ExportedContent, ExportOptions } from '../artifacts/artifact-store.js'
import type { Block } from '../artifacts/dag-walk.js'
import { RefusalError } from './refusal.js'
import { queryText } from './request-values.js'

/** Content addressable archives, version 1: https://ipld.io/specs/transport/car/carv1. */
const CAR = 'application/vnd.ipld.car'

/** Small blocks are sent together, in pieces of about so many bytes. */
const PIECE = 16 * 1024

const SCOPES = ['all', 'entity', 'block'] as const

/**
 * Whether a request wants an archive of blocks, as the trustless gateways of IPFS have it: `?format=car`, or CAR among what
 * it accepts, with the parameters that https://specs.ipfs.tech/http-gateways/trustless-gateway gives to either. An
 * extension: `artifacts=0,3` leaves out what other entries of the directory stand for.
 *
 * @returns null where it wants something else.
 * @throws RefusalError for an archive of another version or order, and for what is no scope or list of positions.
 */
export function archiveOptions(request: FastifyRequest): ExportOptions | null {
  const accepted = acceptedArchive(request.headers.accept ?? '')
  const format = queryText(request, 'format')
  if (format === undefined ? !accepted : format !== 'car') return null
  const parameter = (name: string) => queryText(request, `car-${name}`) ?? accepted?.get(name)
  const [version = '1', order = 'dfs', duplicates = 'n'] = ['version', 'order', 'dups'].map(parameter)
  if (version !== '1' || !['dfs', 'unk'].includes(order) || !['y', 'n'].includes(duplicates)) {
    throw new RefusalError('ARCHIVE_UNSUPPORTED')
  }
  const scope = SCOPES.find((name) => name === (queryText(request, 'dag-scope') ?? 'all'))
  if (!scope) throw new RefusalError('DAG_SCOPE_INVALID')
  return { scope, duplicates: duplicates === 'y', artifacts: positionsOf(queryText(request, 'artifacts')) }
}

/** The Content-Type of an archive. */
export function archiveType({ duplicates }: ExportOptions): string {
  return `${CAR}; version=1; order=dfs; dups=${duplicates ? 'y' : 'n'}`
}

/** The bytes of an archive: a header that names the root, then each block with its length and address before it. */
export async function* archiveOf({ root, blocks }: ExportedContent): AsyncGenerator<Uint8Array> {
  let waiting = [headerOf(root)]
  let size = 0
  for await (const { cid, bytes } of blocks) {
    waiting.push(sectionHead({ cid, bytes }))
    if (bytes.length < PIECE) waiting.push(bytes)
    size += bytes.length
    if (size < PIECE) continue
    yield Buffer.concat(waiting)
    if (bytes.length >= PIECE) yield bytes
    waiting = []
    size = 0
  }
  if (waiting.length > 0) yield Buffer.concat(waiting)
}

function headerOf(root: CID): Uint8Array {
  const roots = [root]
  return createWriter(new ArrayBuffer(headerLength({ roots })), { roots }).close()
}

function sectionHead({ cid, bytes }: Block): Uint8Array {
  const length = cid.bytes.length + bytes.length
  const lengthBytes = varint.encodingLength(length)
  const head = new Uint8Array(lengthBytes + cid.bytes.length)
  varint.encodeTo(length, head)
  head.set(cid.bytes, lengthBytes)
  return head
}

/** The parameters that an Accept header has for archives; undefined where it does not accept any. */
function acceptedArchive(accept: string): Map<string, string> | undefined {
  for (const range of accept.split(',')) {
    const [type = '', ...pairs] = range.split(';').map((part) => part.trim().toLowerCase())
    if (type !== CAR) continue
    const values = new Map(pairs.map((pair) => pair.split('=').map((part) => part.trim()) as [string, string]))
    if (Number(values.get('q') ?? 1) > 0) return values
  }
  return undefined
}

function positionsOf(text: string | undefined): ReadonlySet<number> | undefined {
  if (text === undefined) return undefined
  const positions = text.length < 4 * MAX_ARTIFACTS ? text.split(',') : []
  if (positions.length === 0 || !positions.every((position) => /^\d{1,3}$/.test(position))) {
    throw new RefusalError('ARTIFACT_POSITIONS_INVALID')
  }
  return new Set(positions.map(Number))
}
