import { plainHttp } from '../client/plain-http.js'
import { ForbiddenAddressError, WebhookDeliveryError } from '../errors.js'
import type { AddressGuard } from './address-guard.js'

/** A request to an address that somebody else has named. */
export interface GuardedRequest {
  url: string
  /** Says whether the address may be reached; undefined where the operator named it. */
  guard: AddressGuard | undefined
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: Uint8Array
  /** Bytes of the answer that are read. */
  maxBytes: number
  signal: AbortSignal
}

/** An answer, whatever its status. */
export interface GuardedAnswer {
  status: number
  body: Buffer
}

const OPEN = { checked: (text: string) => new URL(text), lookup: undefined }

/**
 * Sends a request over a connection of its own. Redirects are not followed.
 *
 * @throws ForbiddenAddressError for an address that is not allowed, WebhookDeliveryError where there is no answer or it is
 * too large, and the signal's reason.
 */
export async function guardedRequest({
  url,
  guard,
  method,
  headers = {},
  body,
  maxBytes,
  signal,
}: GuardedRequest): Promise<GuardedAnswer> {
  const { checked, lookup } = guard ? { checked: guard.checked.bind(guard), lookup: guard.lookup } : OPEN
  const target = checked(url)
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<GuardedAnswer>()
  const fail = (reason: string, cause?: unknown) =>
    new WebhookDeliveryError({ url: `${target.origin}${target.pathname}`, reason, cause })
  const { request: send } = target.protocol === 'https:' ? plainHttp.https : plainHttp.http
  const length = body === undefined ? {} : { 'content-length': String(body.length) }
  const options = {
    method,
    headers: { ...headers, ...length },
    agent: false as const,
    signal,
    ...(lookup && { lookup }),
  }
  const request = send(target, options, (response) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) {
        chunks.push(chunk)
        return
      }
      reject(fail(`its answer is larger than ${maxBytes} bytes`))
      request.destroy()
    })
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }))
    response.on('error', (error) => reject(error))
    response.on('close', () => reject(fail('its answer was cut off')))
  })
  request.on('error', (error) => reject(error))
  request.end(body)
  try {
    return await promise
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ForbiddenAddressError || error instanceof WebhookDeliveryError) throw error
    throw fail((error as Error).message, error)
  }
}
