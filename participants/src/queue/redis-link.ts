import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { InvalidOptionError } from '../errors.js'

/** Milliseconds between attempts to reach Redis again, at most. */
const LONGEST_PAUSE = 2_000

/** Where Redis is, and who hears of it when it is away. */
export interface RedisLinkOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  url: string
  logger: Pick<Logger, 'info' | 'warn'>
  /** Whether commands fail at once while Redis is away, instead of waiting for it. */
  failsFast: boolean
}

/** The address without what is secret in it. */
export function shownRedisUrl(url: string): string {
  const parsed = URL.parse(url)
  return parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}` : 'an address that cannot be read'
}

/**
 * A connection to Redis that comes back by itself. That Redis went away, and that it came back, is logged once each. The
 * driver is loaded here and nowhere else: who uses no queue does not pay for it.
 *
 * @throws InvalidOptionError for an address that is none.
 */
export async function openRedis({ url, logger, failsFast }: RedisLinkOptions): Promise<Redis> {
  if (!/^rediss?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new InvalidOptionError({ option: '--queue', reason: 'give an address such as redis://localhost:6379' })
  }
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_PAUSE),
    maxRetriesPerRequest: failsFast ? 0 : null,
    enableOfflineQueue: !failsFast,
    connectTimeout: 5_000,
  })
  const shown = shownRedisUrl(url)
  let isAway = false
  const noteAbsence = (reason: string): void => {
    if (!isAway) logger.warn({ redis: shown, reason }, 'Redis is away')
    isAway = true
  }
  redis.on('error', (error: Error) => noteAbsence(error.message))
  redis.on('reconnecting', () => noteAbsence('the connection was closed'))
  redis.on('ready', () => {
    if (isAway) logger.info({ redis: shown }, 'Redis is back')
    isAway = false
  })
  return redis
}
