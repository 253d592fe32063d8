import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { FollowedChain } from '../chain/followed-chain.js'
import type { EventStreams } from '../stream/event-routes.js'

/** The daemon's numbers, for Prometheus. Names end in their unit. */
export interface Metrics {
  /** The exposition, and the content type it has. */
  read(): Promise<{ type: string; text: string }>
  /** Takes down how long a request took, in seconds. */
  request(labels: { method: string; route: string; status: number }, seconds: number): void
}

/** Metrics of the chains as they are when they are asked for. */
export function createMetrics(followed: readonly FollowedChain[], streams: EventStreams): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const perChain = (name: string, help: string, value: (chain: FollowedChain) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['chain'],
      registers,
      collect() {
        for (const one of followed) this.set({ chain: one.chain.name }, value(one))
      },
    })
  perChain('polyswarmd_ledger_head_block', 'Number of the last block read', ({ ledger }) => ledger.head?.number ?? -1)
  perChain('polyswarmd_ledger_position_total', 'Entries ever written to the log', ({ ledger }) => ledger.lastPosition)
  perChain(
    'polyswarmd_chain_caught_up_ratio',
    '1 while the ledger holds all that the node has, else 0',
    ({ follower }) => Number(follower.caughtUp),
  )
  perChain('polyswarmd_subscribers_total', 'Clients that listen to events', ({ chain }) => {
    return streams.subscribers()[chain.name] ?? 0
  })
  const requests = new Histogram({
    name: 'polyswarmd_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  return {
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    request: ({ method, route, status }, seconds) => requests.observe({ method, route, status }, seconds),
  }
}
