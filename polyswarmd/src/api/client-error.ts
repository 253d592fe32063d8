import type { Socket } from 'node:net'
import { stringifyJson } from '@polyswarm/protocol'
import type { KnownPaths } from './known-paths.js'

/** What Node's parser calls a failure, and the status that says it. */
const STATUS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** What the parser gives up with; Fastify's type has the packet as JSON would write it. */
type ClientError = Error & { code?: string; rawPacket?: unknown }

/**
 * Answers what is no HTTP to the parser, and so reaches no route. A method that Node has never heard of is a method all
 * the same: it is answered as any other that a path does not have.
 */
export function answerClientError(paths: KnownPaths, error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const path = error.code === 'HPE_INVALID_METHOD' ? pathOf(error.rawPacket) : undefined
  const methods = path === undefined ? [] : paths.methodsOf(path)
  const status =
    path === undefined
      ? (STATUS[error.code ?? ''] ?? '400 Bad Request')
      : methods.length > 0
        ? '405 Method Not Allowed'
        : '404 Not Found'
  const body = `${stringifyJson({ message: status })}\n`
  const head = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    ...(methods.length > 0 ? [`Allow: ${[...methods, 'OPTIONS'].join(', ')}`] : []),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** The path of a request line with a method of any letters; undefined where it is no request line. */
function pathOf(packet: unknown): string | undefined {
  const line = packet instanceof Uint8Array ? Buffer.from(packet.subarray(0, 4_096)).toString('latin1') : ''
  return /^[A-Za-z-]{1,32} (\/[^ ?]*?)\/?(\?[^ ]*)? HTTP\/1\.[01]\r\n/.exec(line)?.[1]
}
