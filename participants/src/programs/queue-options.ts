import type { Command } from 'commander'
import { InvalidOptionError } from '../errors.js'
import { QueueKey } from '../queue/queue-key.js'
import { option } from './participant-options.js'

/** Where the queue is. */
export interface QueueFlags {
  queue?: string
  queueKeyFile?: string
}

/** Adds the flags that name a queue. */
export function addQueueOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--queue <url>',
        'Redis that joins an engine with its workers: redis://host:port or rediss://…',
        'POLYSWARM_QUEUE',
      ),
    )
    .addOption(option('--queue-key-file <file>', 'the secret that the engine and its workers share', 'QUEUE_KEY_FILE'))
}

/**
 * The queue that the flags name.
 *
 * @throws InvalidOptionError where one of them is missing, QueueKeyError where the key cannot be read.
 */
export async function queueOf({ queue, queueKeyFile }: QueueFlags): Promise<{ url: string; key: QueueKey }> {
  if (queue === undefined) {
    throw new InvalidOptionError({ option: '--queue', reason: 'say where Redis is, such as redis://localhost:6379' })
  }
  if (queueKeyFile === undefined) {
    const reason = 'name the file with the secret that the engine and its workers share'
    throw new InvalidOptionError({ option: '--queue-key-file', reason })
  }
  return { url: queue, key: await QueueKey.read(queueKeyFile) }
}
