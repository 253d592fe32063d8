import { type IncomingHttpHeaders, request } from 'node:http'

/** A request of which every part can be wrong. */
export interface RawRequest {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Milliseconds until it is given up. */
  patience?: number
}

/** What came back. */
export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** Headers that ask for a WebSocket. */
export const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** Bytes of an answer that are kept; the rest is read and dropped. */
const KEPT = 4 * 1024 * 1024

/**
 * Sends a request that `fetch` would not: a body with GET, a Host and an Origin of one's choice.
 *
 * @throws Error with `code` where the connection ends, or nothing comes in time.
 */
export function rawRequest(base: URL, { method = 'GET', path, headers, body, patience = 30_000 }: RawRequest) {
  return new Promise<RawAnswer>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = request(
      {
        host: base.hostname,
        port: base.port,
        method,
        path,
        agent: false,
        headers: { ...length, ...headers },
        signal: AbortSignal.timeout(patience),
      },
      (response) => {
        const parts: Buffer[] = []
        let kept = 0
        response.on('data', (part: Buffer) => {
          if (kept < KEPT) parts.push(part)
          kept += part.length
        })
        response.on('error', reject)
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString(),
          })
        })
      },
    )
    sent.on('error', reject)
    // An upgrade that is let through has no answer beside its head.
    sent.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' })
    })
    sent.end(body)
  })
}

/** The answer of a request in a few words, whatever became of it. */
export async function answerTo(asked: Promise<RawAnswer>): Promise<string> {
  try {
    return `HTTP ${(await asked).status}`
  } catch (error) {
    return failureText(error)
  }
}

/** Why something failed, without what differs each time. */
export function failureText(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time'
  return typeof code === 'string' ? code : (message ?? String(error)).split('\n', 1)[0]?.slice(0, 120) || name
}
