import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { withinTime } from '@polyswarm/protocol'
import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { BackendError, ForeignMessageError } from '../errors.js'
import { abstain } from '../findings/finding.js'
import { failureOf } from '../microengine/engine-records.js'
import type { Metrics } from '../runtime/reports/metrics.js'
import { Semaphore } from '../semaphore.js'
import { scanForJob } from './job-scan.js'
import { problemLog } from './problem-log.js'
import type { QueueKey } from './queue-key.js'
import { QUEUE_PREFIX } from './queue-prefix.js'
import type { RateLimit } from './rate-limit.js'
import { RedisClock } from './redis-clock.js'
import { openRedis } from './redis-link.js'
import type { ScanAnswer } from './scan-answer.js'
import { parseScanJob, type ScanJob } from './scan-job.js'
import { seal, unseal } from './sealed-message.js'
import { TimeEstimate } from './time-estimate.js'

/** A worker of one queue. */
export interface QueueWorkerOptions {
  backend: AnalysisBackend
  /** Name of the queue. */
  queue: string
  url: string
  key: QueueKey
  client: PolyswarmdClient
  logger: Pick<Logger, 'info' | 'warn' | 'debug'>
  metrics?: Metrics | undefined
  /** Artifacts at the same time; never more than the backend looks at. */
  concurrency: number
  maxArtifactSize: number
  /** Milliseconds that the backend gets for an artifact. */
  scanTimeLimit: number
  /** The most jobs in so many milliseconds, of all workers of the queue together. */
  rateLimit?: RateLimit | undefined
}

/** Milliseconds for which a job stays with a worker that says nothing. */
const LOCK = 3_000
/** Milliseconds between looks for jobs of such workers. */
const STALLED_CHECK = 1_000
/** A job that ended so many workers is not given to another. */
const MOST_STALLS = 2
/** Milliseconds that scans may take for jobs to be taken ahead: none is to wait here for long while others have time. */
const SHORT = 1_000
/** Milliseconds that an answer needs to be stored. */
const STORING = 100
/** Milliseconds after its time within which a backend has to let go of an artifact. */
const LET_GO = 2_000

/**
 * Takes jobs of one backend out of a queue, the one with the earliest deadline first, does them, and stores their answers;
 * only then are they done. What cannot be finished in time is not begun. Where scans are short, the next artifacts are fetched
 * meanwhile. A worker that dies, or stands still, has its jobs
 * given to another; one whose backend does not let go of an artifact takes no more until it does.
 */
export class QueueWorker {
  readonly #options: QueueWorkerOptions
  readonly #estimate = new TimeEstimate()
  readonly #name = `${hostname()}-${process.pid}`
  readonly #gate: Semaphore
  readonly #concurrency: number
  #redis: Redis | undefined
  #clock: RedisClock | undefined
  #worker: Worker<unknown, string> | undefined
  #isSetUp = false
  #isClosing = false

  constructor(options: QueueWorkerOptions) {
    this.#options = options
    this.#concurrency = Math.min(options.concurrency, options.backend.concurrency ?? Number.POSITIVE_INFINITY)
    this.#gate = new Semaphore(this.#concurrency)
  }

  /**
   * Sets the backend up and begins to take jobs, as soon as Redis is there.
   *
   * @throws BackendError where the backend cannot work.
   */
  async start(): Promise<void> {
    const { backend, queue, url, logger, rateLimit } = this.#options
    this.#isSetUp = true
    await backend.setup().catch((cause: Error) => {
      throw new BackendError({ backend: backend.name, reason: cause.message, cause })
    })
    const { Worker } = await import('bullmq')
    this.#redis = await openRedis({ url, logger, failsFast: false })
    this.#clock = new RedisClock(this.#redis)
    const concurrency = this.#concurrency
    this.#worker = new Worker<unknown, string>(queue, (job) => this.#process(job), {
      prefix: QUEUE_PREFIX,
      connection: this.#redis,
      name: this.#name,
      concurrency,
      lockDuration: LOCK,
      stalledInterval: STALLED_CHECK,
      maxStalledCount: MOST_STALLS,
      ...(rateLimit && { limiter: rateLimit }),
    })
    this.#worker.on('error', problemLog(logger, queue))
    this.#worker.on('stalled', (job) => logger.warn({ queue, job }, 'took over a job of a worker that was lost'))
    logger.info({ backend: backend.name, queue, concurrency, versions: backend.versions }, 'waiting for jobs')
  }

  /** Takes no more jobs, and waits until those that were begun are done, and stored. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#worker?.close()
    this.#redis?.disconnect()
    if (this.#isSetUp) await this.#options.backend.teardown()
  }

  async #process(job: Job<unknown>): Promise<string> {
    const { key, queue, logger, metrics, backend } = this.#options
    const id = job.id ?? ''
    const scan = parseScanJob(unseal(key, 'job', id, job.data))
    if (!scan) {
      const { UnrecoverableError } = await import('bullmq')
      const { message } = new ForeignMessageError({ queue, message: 'job' })
      logger.warn({ reason: message }, 'refused a job')
      metrics?.add('polyswarm_queue_failures_total', 1, { backend: backend.name, reason: 'foreign' })
      throw new UnrecoverableError(message)
    }
    const answer = await this.#answer(scan, job.attemptsMade === 0)
    this.#tell(scan, answer)
    return seal(key, 'answer', id, answer)
  }

  async #answer(job: ScanJob, mayComeAgain: boolean): Promise<ScanAnswer> {
    const { backend } = this.#options
    const left = job.deadline - ((await this.#clock?.now()) ?? Date.now()) - STORING
    if (!this.#estimate.fits(left)) {
      const finding = abstain('a worker had no time left for it')
      return { finding, fileType: 'unknown', duration: 0, versions: backend.versions }
    }
    const scans: Promise<unknown>[] = []
    const begun = (scan: Promise<unknown>): unknown => scans.push(scan)
    const start = performance.now()
    const options = { ...this.#options, gate: this.#gate, begun }
    const answer = await withinTime(Math.max(1, Math.floor(left)), [], (signal) => scanForJob(options, job, signal))
    const took = performance.now() - start
    const isLate = took >= Math.min(left, this.#options.scanTimeLimit)
    if (!isLate) this.#took(took)
    else if (!this.#isClosing && !(await isOver(scans))) this.#wait(scans)
    // Another worker may have more luck, if there is as much time as this one had.
    if (isLate && mayComeAgain && left - took > took) throw new Error(`${backend.name} did not answer in time`)
    return answer
  }

  #took(duration: number): void {
    this.#estimate.add(duration)
    const isShort = (this.#estimate.median ?? SHORT) < SHORT
    if (this.#worker) this.#worker.concurrency = this.#concurrency * (isShort ? 2 : 1)
  }

  /** Takes no jobs until the backend has let go: meanwhile others do. */
  #wait(scans: readonly Promise<unknown>[]): void {
    const { backend, logger } = this.#options
    logger.warn({ backend: backend.name }, 'the backend does not let go of an artifact: no more jobs until it does')
    void this.#worker?.pause(true)
    void Promise.allSettled(scans).then(() => {
      if (this.#isClosing) return
      logger.info({ backend: backend.name }, 'the backend has let go: taking jobs again')
      void this.#worker?.resume()
    })
  }

  #tell({ guid, index }: ScanJob, answer: ScanAnswer): void {
    const { logger, metrics, backend } = this.#options
    if ('refused' in answer) {
      logger.warn({ guid, index, reason: answer.refused }, 'refused')
      return
    }
    const { finding, duration } = answer
    const { outcome, confidence, family, reason } = finding
    logger.debug({ guid, index, outcome, confidence, family, reason, ms: Math.round(duration) }, 'scanned')
    metrics?.observe('polyswarm_scan_seconds', duration / 1000, { outcome })
    metrics?.add('polyswarm_findings_total', 1, { backend: backend.name, outcome })
    if (outcome === 'abstain') metrics?.add('polyswarm_failures_total', 1, { reason: failureOf(reason) })
  }
}

async function isOver(scans: readonly Promise<unknown>[]): Promise<boolean> {
  const over = Promise.allSettled(scans).then(() => true)
  return Promise.race([over, delay(LET_GO, false, { ref: false })])
}
