import { stringifyJson } from '@polyswarm/protocol'
import { Command } from 'commander'
import { SHIPPED_BACKENDS } from '../backends/shipped-backends.js'
import { QueueUnavailableError } from '../errors.js'
import { QUEUE_PREFIX } from '../queue/queue-prefix.js'
import { queueStanding } from '../queue/queue-standing.js'
import { loadFront } from '../queue/queued-engine.js'
import { openRedis, shownRedisUrl } from '../queue/redis-link.js'
import { listOption } from './participant-options.js'
import type { Subcommand } from './program.js'
import { addQueueOptions, type QueueFlags, queueOf } from './queue-options.js'
import { textTable } from './text-table.js'

interface Flags extends QueueFlags {
  backend: string[]
  json: boolean
}

/** Milliseconds for which Redis is waited for. */
const PATIENCE = 5_000

/** Shows how the queues between an engine and its workers stand. */
export function queueCommand(): Subcommand {
  const command = addQueueOptions(
    new Command('queue').description('Shows the queues between an engine and its workers: what waits, and for whom.'),
  )
    .addOption(
      listOption(
        '--backend <name...>',
        'whose queues, as the engine names them',
        'BACKEND',
        SHIPPED_BACKENDS.map(({ name }) => name),
      ),
    )
    .option('--json', 'print the result as JSON', false)
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<Flags>()
      const { url, key } = await queueOf(flags)
      const isGiven = command.getOptionValueSource('backend') !== 'default'
      const { backends } = await loadFront(flags.backend, {})
      const quiet = { info: () => undefined, warn: () => undefined }
      const redis = await openRedis({ url, logger: quiet, failsFast: false })
      try {
        await reached(redis, url, signal)
        const { Queue } = await import('bullmq')
        const all = await Promise.all(
          backends.map(async (backend) => {
            const options = { prefix: QUEUE_PREFIX, connection: redis, skipMetasUpdate: true }
            const queue = new Queue(key.queueOf(backend), options)
            queue.on('error', () => undefined)
            return { backend, ...(await queueStanding(queue)) }
          }),
        )
        // Of those that were not asked for by name, the ones of which there is something to say.
        const shown = all.filter(
          ({ waiting, active, failed, workers }) => isGiven || waiting + active + failed + workers,
        )
        if (flags.json) process.stdout.write(`${stringifyJson(shown, 2)}\n`)
        else process.stdout.write(table(shown))
      } finally {
        redis.disconnect()
      }
    },
  }
}

type Row = { backend: string } & Awaited<ReturnType<typeof queueStanding>>

function table(rows: readonly Row[]): string {
  return textTable(
    ['backend', 'waiting', 'active', 'failed', 'workers', 'oldest'],
    rows.map(({ backend, waiting, active, failed, workers, oldest }) => [
      backend,
      ...[waiting, active, failed, workers].map(String),
      `${oldest.toFixed(1)} s`,
    ]),
  )
}

async function reached(redis: Awaited<ReturnType<typeof openRedis>>, url: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let reason = 'it does not answer'
  const timer = setTimeout(() => {
    reject(new QueueUnavailableError({ url: shownRedisUrl(url), reason }))
  }, PATIENCE)
  redis.on('error', (error: Error) => {
    reason = error.message
  })
  redis.once('ready', () => resolve())
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  await promise.finally(() => clearTimeout(timer))
}
