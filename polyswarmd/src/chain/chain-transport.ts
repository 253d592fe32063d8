import { type Client, http, type Transport, webSocket } from 'viem'
import { rpcFetch } from './rpc-fetch.js'

/** How long one JSON-RPC call may take, in ms. */
const CALL_TIMEOUT = 10_000

/** A node that went away is tried until it is back, in ms between two attempts. */
const RECONNECT = { attempts: Number.MAX_SAFE_INTEGER, delay: 500 }

/**
 * The JSON-RPC transport of a URL. Calls made in the same tick travel as one batch over HTTP, so that asking for fifty
 * headers costs one round trip. Retrying is left to the callers, who know what a repeated call means.
 */
export function chainTransport(url: string): Transport {
  if (url.startsWith('ws')) return webSocket(url, { timeout: CALL_TIMEOUT, retryCount: 0, reconnect: RECONNECT })
  const options = { batch: { batchSize: 100 }, timeout: CALL_TIMEOUT, retryCount: 0 }
  // Nodes far away, which are reached over https, save more by compressed answers.
  return http(url, url.startsWith('http:') ? { ...options, fetchFn: rpcFetch() } : options)
}

/** Ends the connection of a client that has one of its own; without it a WebSocket keeps the process alive. */
export async function closeTransport({ transport }: Client): Promise<void> {
  if (transport.type !== 'webSocket') return
  const { getRpcClient } = transport as unknown as { getRpcClient(): Promise<{ close(): void }> }
  await getRpcClient().then(
    (connection) => connection.close(),
    () => undefined,
  )
}
