import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Metrics } from '../runtime/reports/metrics.js'
import { JobDesk } from './job-desk.js'
import type { QueueKey } from './queue-key.js'
import { QueueWatch } from './queue-watch.js'
import { RedisClock } from './redis-clock.js'
import { openRedis } from './redis-link.js'

/** Where the queues are, and who may read and write in them. */
export interface QueueFrontOptions {
  /** Names of the backends, each of which has workers of its own. */
  backends: readonly string[]
  /** Address of Redis. */
  url: string
  key: QueueKey
  logger: Pick<Logger, 'info' | 'warn'>
  metrics?: Metrics | undefined
}

/** The side of the queues that asks: one desk for each backend, over one connection. */
export class QueueFront {
  readonly clock: RedisClock
  readonly desks: readonly { backend: string; desk: JobDesk }[]
  readonly #redis: Redis
  readonly #watch: QueueWatch | undefined

  private constructor(redis: Redis, { backends, key, logger, metrics }: QueueFrontOptions) {
    const clock = new RedisClock(redis)
    this.#redis = redis
    this.clock = clock
    const queues = backends.map((backend) => ({ backend, queue: key.queueOf(backend) }))
    this.desks = queues.map(({ backend, queue }) => {
      const failed = (reason: string): void => metrics?.add('polyswarm_queue_failures_total', 1, { backend, reason })
      return { backend, desk: new JobDesk({ queue, key, redis, clock, logger, failed }) }
    })
    if (metrics) this.#watch = new QueueWatch({ redis, queues, metrics })
  }

  /**
   * Does not wait for Redis: what was promised is due without it.
   *
   * @throws InvalidOptionError for an address that is none.
   */
  static async open(options: QueueFrontOptions): Promise<QueueFront> {
    const { url, logger } = options
    return new QueueFront(await openRedis({ url, logger, failsFast: true }), options)
  }

  /** What is asked stays open: its signals end it. */
  async close(): Promise<void> {
    await this.#watch?.close()
    await Promise.allSettled(this.desks.map(({ desk }) => desk.close()))
    this.#redis.disconnect()
  }
}
