import type { Queue } from 'bullmq'

/** How a queue stands. */
export interface QueueStanding {
  /** Jobs that wait for a worker. */
  waiting: number
  /** Jobs that a worker has begun. */
  active: number
  /** Jobs that failed of late. */
  failed: number
  /** Workers that are connected. */
  workers: number
  /** Seconds for which the job that is next has waited; 0 where none waits. */
  oldest: number
}

const WAITING = ['prioritized', 'waiting', 'delayed'] as const

/** Reads how a queue stands: a few counters and one job, however long the queue is. */
export async function queueStanding(queue: Queue): Promise<QueueStanding> {
  const [counts, workers, [next]] = await Promise.all([
    queue.getJobCounts(...WAITING, 'active', 'failed'),
    queue.getWorkersCount(),
    queue.getJobs(['prioritized'], 0, 0, true),
  ])
  return {
    waiting: WAITING.reduce((sum, state) => sum + (counts[state] ?? 0), 0),
    active: counts.active ?? 0,
    failed: counts.failed ?? 0,
    workers,
    oldest: next ? Math.max(0, (Date.now() - next.timestamp) / 1000) : 0,
  }
}
