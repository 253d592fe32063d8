import type { Client } from 'viem'

/** What a WebSocket transport of viem can do beyond calls. */
interface SubscribingTransport {
  type: 'webSocket'
  subscribe(subscription: {
    params: ['newHeads']
    onData(data: unknown): void
    onError(error: unknown): void
  }): Promise<unknown>
}

/**
 * Calls back when the node tells of a new head, where it can be reached over WebSocket: a block is then read at once,
 * and not at the next look. Whoever follows the chain still looks now and then: a subscription can be lost without a
 * word, and HTTP has none. It lasts until the transport is closed.
 */
export async function watchHeads({ transport }: Client, onHead: () => void): Promise<void> {
  if (transport.type !== 'webSocket') return
  const { subscribe } = transport as unknown as SubscribingTransport
  // A node without subscriptions, or one that is away, is looked at as one over HTTP is.
  await subscribe({ params: ['newHeads'], onData: onHead, onError: () => undefined }).catch(() => undefined)
}
