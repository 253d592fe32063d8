import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { ResponseBodyTooLargeError } from 'viem'

/** Bytes of the longest answer that is read: as many as viem reads by itself. */
const MAX_ANSWER = 10 * 1024 * 1024

/** How long a connection is kept that nobody uses, in ms: less than nodes keep theirs. */
const IDLE = 4_000

/**
 * As much of `fetch` as viem's JSON-RPC needs, over Node's plain HTTP client, which takes a third of the time: a daemon asks
 * its node several times in each block and for each transaction. For nodes at `http:` URLs.
 */
export function rpcFetch(): typeof fetch {
  const agent = new Agent({ keepAlive: true, timeout: IDLE })
  return async (url, { method, headers, body, signal } = {}) => {
    const text = String(body)
    const length = { 'content-length': Buffer.byteLength(text) }
    const options = { agent, method, headers: { ...(headers as Record<string, string>), ...length }, signal }
    const answer = await send(String(url), options as RequestOptions, text)
    const status = answer.statusCode ?? 0
    const get = (name: string) => answer.headers[name.toLowerCase()]?.toString() ?? null
    const { statusMessage: statusText } = answer
    const ok = status >= 200 && status < 300
    return {
      ok,
      status,
      statusText,
      headers: { get },
      body: null,
      text: () => read(answer, signal),
    } as unknown as Response
  }
}

function send(url: string, options: RequestOptions, text: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request(url, options, resolve).on('error', reject).end(text)
  return promise
}

async function read(answer: IncomingMessage, signal: AbortSignal | null | undefined): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length
      if (size > MAX_ANSWER) throw new ResponseBodyTooLargeError({ maxSize: MAX_ANSWER, size })
      parts.push(part)
    }
  } catch (error) {
    // A connection that is given up looks like one that the node broke.
    signal?.throwIfAborted()
    throw error
  }
  return Buffer.concat(parts).toString('utf8')
}
