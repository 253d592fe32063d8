import type { Redis } from 'ioredis'

/** Milliseconds after which the clocks are compared again. */
const TRUSTED_FOR = 60_000

/** The clock of Redis, by which deadlines are told: those of a front and its workers need not agree. */
export class RedisClock {
  readonly #redis: Redis
  #offset = 0
  #comparedAt = Number.NEGATIVE_INFINITY

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Milliseconds since 1970; by this machine's clock and the last comparison where Redis does not answer. */
  async now(): Promise<number> {
    const start = performance.now()
    if (start - this.#comparedAt > TRUSTED_FOR && this.#redis.status === 'ready') {
      try {
        const [seconds, microseconds] = await this.#redis.time()
        const halfway = Date.now() - (performance.now() - start) / 2
        this.#offset = Number(seconds) * 1000 + Number(microseconds) / 1000 - halfway
        this.#comparedAt = start
      } catch {
        // What was compared last has to do.
      }
    }
    return Date.now() + this.#offset
  }
}
