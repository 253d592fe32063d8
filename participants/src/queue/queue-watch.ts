import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Metrics } from '../runtime/reports/metrics.js'
import { QUEUE_PREFIX } from './queue-prefix.js'
import { queueStanding } from './queue-standing.js'

/** Milliseconds between looks. */
const LOOK_EVERY = 10_000

/** Which queues are looked at, and where what is seen goes. */
export interface QueueWatchOptions {
  redis: Redis
  queues: readonly { backend: string; queue: string }[]
  metrics: Metrics
}

/** Keeps the metrics of queues up to date, while Redis answers. */
export class QueueWatch {
  readonly #options: QueueWatchOptions
  readonly #timer: NodeJS.Timeout
  readonly #queues = new Map<string, Queue>()
  #looking: Promise<void> = Promise.resolve()
  #isLooking = false

  constructor(options: QueueWatchOptions) {
    this.#options = options
    this.#timer = setInterval(this.#look, LOOK_EVERY).unref()
    options.redis.on('ready', this.#look)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#options.redis.off('ready', this.#look)
    await this.#looking
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.close()))
  }

  readonly #look = (): void => {
    if (this.#isLooking || this.#options.redis.status !== 'ready') return
    this.#isLooking = true
    this.#looking = this.#measure()
      .catch(() => undefined)
      .finally(() => {
        this.#isLooking = false
      })
  }

  async #measure(): Promise<void> {
    const { redis, queues, metrics } = this.#options
    const { Queue } = await import('bullmq')
    for (const { backend, queue: name } of queues) {
      let queue = this.#queues.get(name)
      if (!queue) {
        queue = new Queue(name, { prefix: QUEUE_PREFIX, connection: redis, skipMetasUpdate: true })
        queue.on('error', () => undefined)
        this.#queues.set(name, queue)
      }
      const { oldest, workers, ...jobs } = await queueStanding(queue)
      for (const [state, count] of Object.entries(jobs)) metrics.set('polyswarm_queue_jobs', count, { backend, state })
      metrics.set('polyswarm_queue_oldest_job_seconds', oldest, { backend })
      metrics.set('polyswarm_queue_workers', workers, { backend })
    }
  }
}
