import type { Readable } from 'node:stream'
import { MAX_ARTIFACTS } from '@polyswarm/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext } from './api-context.js'
import { RefusalError } from './refusal.js'

/** What is still read, and thrown away, of an upload that is refused, so that its sender gets to see why. In bytes. */
const DRAINED = 64 * 1024 * 1024

/** What a multipart body adds around each file, at most, in bytes. */
const PART_OVERHEAD = 4_096

/**
 * Streams the files of a multipart request into the store, in order. Nothing is kept of an upload that ends early, or that
 * holds an empty or too large file, or too many.
 *
 * @returns the content address of the directory.
 * @throws RefusalError with the documented reason.
 */
export async function receiveArtifacts(
  { store, access, pins }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  if (!request.isMultipart()) throw new RefusalError('NO_ARTIFACTS')
  try {
    const { key, maxArtifactSize } = access.callerOf(request)
    // Without a length, at least one artifact is to be expected.
    const length = Number(request.headers['content-length'] ?? maxArtifactSize)
    if (length > (maxArtifactSize + PART_OVERHEAD) * MAX_ARTIFACTS) {
      throw new RefusalError(key ? 'PAYLOAD_TOO_LARGE' : 'UPLOAD_TOO_LARGE')
    }
    access.transfer(request, reply, length)
    const uri = await store.addArtifacts(filesOf(request, maxArtifactSize))
    pins?.uploaded(uri)
    return uri
  } catch (error) {
    if (!(await drained(request.raw))) reply.header('connection', 'close')
    // Whatever the multipart parser dislikes, the sender wrote it.
    if ((error as { statusCode?: number }).statusCode || isParserError(error))
      throw new RefusalError('UPLOAD_UNREADABLE')
    throw error
  }
}

async function* filesOf(request: FastifyRequest, maxSize: number): AsyncGenerator<AsyncIterable<Uint8Array>> {
  let count = 0
  // One byte and one file more than allowed are let through, so that exceeding is told apart from reaching.
  const limits = { fileSize: maxSize + 1, files: MAX_ARTIFACTS + 1, parts: 2 * MAX_ARTIFACTS, fieldSize: PART_OVERHEAD }
  for await (const part of request.parts({ limits })) {
    if (part.type !== 'file') continue
    if (part.fieldname !== 'file') {
      part.file.resume()
      continue
    }
    if (++count > MAX_ARTIFACTS) throw new RefusalError('TOO_MANY_ARTIFACTS')
    yield checkedSize(part.file, maxSize)
  }
  if (count === 0) throw new RefusalError('NO_ARTIFACTS')
}

async function* checkedSize(file: Readable, maxSize: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of file) {
    size += (chunk as Uint8Array).length
    if (size > maxSize) throw new RefusalError('UPLOAD_TOO_LARGE')
    yield chunk as Uint8Array
  }
  if (size === 0) throw new RefusalError('ARTIFACT_EMPTY')
}

function isParserError(error: unknown): boolean {
  return error instanceof Error && /multipart|boundary|part header|form|stream/i.test(error.message)
}

/** Reads a request to its end. Returns false where there is too much of it. */
function drained(raw: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    if (raw.readableEnded || raw.destroyed) return resolve(true)
    let size = 0
    raw.unpipe()
    raw.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size > DRAINED) {
        raw.pause()
        resolve(false)
      }
    })
    raw.once('close', () => resolve(true))
    raw.once('end', () => resolve(true))
    raw.resume()
  })
}
