import type { Job, Queue, QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { ForeignMessageError } from '../errors.js'
import { problemLog } from './problem-log.js'
import type { QueueKey } from './queue-key.js'
import { QUEUE_PREFIX } from './queue-prefix.js'
import type { RedisClock } from './redis-clock.js'
import { parseScanAnswer, type ScanAnswer } from './scan-answer.js'
import { jobIdOf, priorityOf, type ScanJob } from './scan-job.js'
import { seal, unseal } from './sealed-message.js'

/** What a desk works with. */
export interface JobDeskOptions {
  /** Name of the queue. */
  queue: string
  key: QueueKey
  /** Fails fast; the desk does not close it. */
  redis: Redis
  clock: Pick<RedisClock, 'now'>
  logger: Pick<Logger, 'warn'>
  /** Told of each job that brought no answer: a word for why. */
  failed?: (reason: 'foreign' | 'failed' | 'late' | 'lost') => void
}

/** A job without an answer, and why. */
export interface NoAnswer {
  failed: string
}

interface Question {
  id: string
  job: ScanJob
  answer: (answer: ScanAnswer | NoAnswer) => void
  /** Whether Redis is being told of it, or asked about it. */
  isBusy: boolean
  isPosted: boolean
  /** How often it was posted. */
  posts: number
}

/** Milliseconds between looks at jobs whose end may not have been told. */
const LOOK_EVERY = 1_000
/** Jobs that are looked at each time, those that were not for longest first. */
const LOOKS = 256
/** A job that Redis has lost, or that came back with a foreign answer, is posted again so often. */
const MOST_POSTS = 5
/** A worker that is lost, or cannot reach polyswarmd, is no reason to give up at once. */
const ATTEMPTS = 3
const ATTEMPT_DELAY = 200
/** Finished jobs that stay in Redis, and for how many seconds: for a front that was restarted meanwhile. */
const KEPT = { age: 600, count: 1_000 }

/**
 * The front's side of one queue: questions in, answers out. Redis may be away, forget everything or be written to by
 * others: a question is posted again until it is answered or its time is over, and an answer that was not sealed with the
 * key counts for nothing. What is in memory is what is asked at the moment.
 */
export class JobDesk {
  readonly #options: JobDeskOptions
  readonly #open = new Map<string, Question>()
  readonly #timer: NodeJS.Timeout
  readonly #problem: (error: Error | undefined) => void
  #queue: Queue | undefined
  #events: QueueEvents | undefined
  #eventsRedis: Redis | undefined
  #connecting: Promise<Queue> | undefined
  #isClosed = false

  constructor(options: JobDeskOptions) {
    this.#options = options
    this.#problem = problemLog(options.logger, options.queue)
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY).unref()
    options.redis.on('ready', this.#look)
  }

  /** Questions without an answer yet. */
  get open(): number {
    return this.#open.size
  }

  /**
   * Has a worker look at an artifact. Who asks what is being asked already gets the same answer.
   *
   * @throws the signal's reason once it fires; then the job is taken back, unless it was begun.
   */
  async ask(job: ScanJob, signal: AbortSignal): Promise<ScanAnswer | NoAnswer> {
    signal.throwIfAborted()
    const id = jobIdOf(job)
    const { promise, resolve, reject } = Promise.withResolvers<ScanAnswer | NoAnswer>()
    const earlier = this.#open.get(id)
    const answer = earlier ? both(earlier.answer, resolve) : resolve
    const question = earlier ?? { id, job, answer, isBusy: false, isPosted: false, posts: 0 }
    question.answer = answer
    this.#open.set(id, question)
    const onAbort = (): void => {
      reject(signal.reason)
      if (this.#open.get(id) !== question) return
      this.#open.delete(id)
      this.#options.failed?.('late')
      question.answer({ failed: 'its time is over' })
      void this.#queue?.remove(id).catch(() => undefined)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    void this.#post(question)
    return promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  /** Ends the desk. What is open stays open: its signals end it. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    this.#options.redis.off('ready', this.#look)
    await Promise.allSettled([this.#events?.close(), this.#queue?.close()])
    this.#eventsRedis?.disconnect()
  }

  /** The queue, once Redis was reached. */
  async #connected(): Promise<Queue> {
    if (this.#queue) return this.#queue
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  async #connect(): Promise<Queue> {
    const { Queue } = await import('bullmq')
    const queue = new Queue(this.#options.queue, {
      prefix: QUEUE_PREFIX,
      connection: this.#options.redis,
      defaultJobOptions: {
        attempts: ATTEMPTS,
        backoff: { type: 'fixed', delay: ATTEMPT_DELAY },
        removeOnComplete: KEPT,
        removeOnFail: KEPT,
      },
    })
    queue.on('error', () => undefined)
    try {
      await this.#listen()
      await queue.waitUntilReady()
    } catch (error) {
      await queue.close().catch(() => undefined)
      throw error
    }
    this.#queue = queue
    return queue
  }

  /** Hears of jobs as they end. Where that fails, looking at them does. */
  async #listen(): Promise<void> {
    if (this.#events || this.#isClosed) return
    const { QueueEvents } = await import('bullmq')
    this.#eventsRedis ??= this.#options.redis.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true })
    this.#eventsRedis.on('error', () => undefined)
    const events = new QueueEvents(this.#options.queue, {
      prefix: QUEUE_PREFIX,
      connection: this.#eventsRedis,
      autorun: false,
    })
    events.on('error', () => undefined)
    events.on('completed', ({ jobId, returnvalue }) => this.#completed(jobId, returnvalue, false))
    events.on('failed', ({ jobId, failedReason }) => this.#failed(jobId, failedReason))
    this.#events = events
    // What others write into the stream can end the reading of it.
    void events.run().catch(() => {
      if (this.#events === events) this.#events = undefined
      void events.close().catch(() => undefined)
      this.#eventsRedis?.disconnect()
      this.#eventsRedis = undefined
    })
  }

  /** Tells Redis of a question. Where that fails it is tried again at the next look. */
  async #post(question: Question): Promise<void> {
    if (question.isBusy || this.#isClosed || this.#options.redis.status !== 'ready') return
    question.isBusy = true
    try {
      const queue = await this.#connected()
      const { id, job } = question
      const data = seal(this.#options.key, 'job', id, job)
      await queue.add('scan', data, { jobId: id, priority: await this.#priorityOf(job) })
      question.isPosted = true
      question.posts++
      this.#problem(undefined)
    } catch (error) {
      this.#problem(error as Error)
    } finally {
      question.isBusy = false
    }
  }

  readonly #look = (): void => {
    if (this.#isClosed || this.#options.redis.status !== 'ready') return
    void this.#listen().catch(() => undefined)
    for (const question of [...this.#open.values()].slice(0, LOOKS)) {
      // The next look begins with others.
      this.#open.delete(question.id)
      this.#open.set(question.id, question)
      void (question.isPosted ? this.#lookAt(question) : this.#post(question))
    }
  }

  async #lookAt(question: Question): Promise<void> {
    if (question.isBusy) return
    question.isBusy = true
    let isLost = false
    try {
      const queue = await this.#connected()
      const job: Job | undefined = await queue.getJob(question.id)
      if (this.#open.get(question.id) !== question) return
      if (!job) isLost = true
      else if (job.finishedOn !== undefined) {
        if (job.failedReason) this.#failed(question.id, job.failedReason)
        else isLost = !this.#completed(question.id, job.returnvalue, true)
        if (isLost) await job.remove()
      } else if (job.processedOn === undefined) await this.#keepInTurn(question, job)
    } catch (error) {
      this.#problem(error as Error)
    } finally {
      question.isBusy = false
    }
    if (isLost) this.#lost(question)
  }

  async #priorityOf(job: ScanJob): Promise<number> {
    return priorityOf(job, await this.#options.clock.now())
  }

  /** What waits is counted from another moment than what is posted now, once a week. */
  async #keepInTurn({ job }: Question, posted: Job): Promise<void> {
    const priority = await this.#priorityOf(job)
    if (posted.priority !== priority) await posted.changePriority({ priority })
  }

  #lost(question: Question): void {
    if (question.posts < MOST_POSTS) void this.#post(question)
    else this.#end(question.id, { failed: `the queue lost it ${MOST_POSTS} times` }, 'lost')
  }

  /** @returns whether that answered it. */
  #completed(id: string, sealed: unknown, isWarning: boolean): boolean {
    const question = this.#open.get(id)
    if (!question) return false
    const { key, queue, logger } = this.#options
    const answer = parseScanAnswer(unseal(key, 'answer', id, sealed))
    if (answer) {
      this.#open.delete(id)
      question.answer(answer)
      return true
    }
    if (isWarning) {
      logger.warn({ reason: new ForeignMessageError({ queue, message: 'answer' }).message }, 'refused an answer')
      this.#options.failed?.('foreign')
    }
    return false
  }

  /** What Redis says of a failure is no secret, and no proof: it can only cost the finding. */
  #failed(id: string, reason: unknown): void {
    this.#end(id, { failed: `the worker failed: ${String(reason).slice(0, 200)}` }, 'failed')
  }

  #end(id: string, answer: NoAnswer, reason: 'failed' | 'lost'): void {
    const question = this.#open.get(id)
    if (!question) return
    this.#open.delete(id)
    this.#options.failed?.(reason)
    question.answer(answer)
  }
}

function both<T>(first: (value: T) => void, second: (value: T) => void): (value: T) => void {
  return (value) => {
    first(value)
    second(value)
  }
}
