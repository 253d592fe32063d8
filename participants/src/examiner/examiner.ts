import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { ArchiveLimits } from '../archives/archive-limits.js'
import { ExaminerError } from '../errors.js'
import { UNSEEN_KINDS } from '../findings/unseen.js'
import { AnswerQueue } from './answer-queue.js'
import { type Frame, FrameReader, frameHead } from './frame.js'
import type { Pass } from './passes.js'

/** What an examiner is asked about a content: what is in a container, or what a pass over all its bytes comes to. */
export type ExaminerRequest = { limits: ArchiveLimits; passwords?: readonly string[] } | { pass: Pass }

/** One answer; `last` of a request. */
export type ExaminerAnswer = z.infer<typeof answer> & { body: Uint8Array }

const answer = z.union([
  z.object({ path: z.string(), unreadable: z.string().optional(), unseen: z.enum(UNSEEN_KINDS).optional() }),
  z.object({ end: z.literal(true) }),
  z.object({ value: z.json() }),
  z.object({ limit: z.string() }),
  z.object({ failure: z.string() }),
])

/** Bytes of memory that an examiner may have, contents and all. */
const MOST_MEMORY = 1024 * 1024 * 1024
/** Megabytes of it for its own objects. */
const HEAP_MEGABYTES = 128
/** Bytes that are taken in ahead of who asked for them. */
const AHEAD = 8 * 1024 * 1024
/** Largest body of an answer, in bytes. */
const LARGEST = 1024 * 1024 * 1024
/** Milliseconds that an examiner may take to finish what nobody waits for any more. */
const GRACE = 1_000

/** The built script, also where this file is run as it is: its imports need that. */
const SCRIPT = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/examiner/examiner-process.js' : './examiner-process.js',
    import.meta.url,
  ),
)

/** What is being asked, and what has come of it. */
interface Question {
  answers: AnswerQueue<ExaminerAnswer>
  /** Nobody listens any more. */
  forgotten: boolean
  /** Fulfilled once the examiner is through with it. */
  over: PromiseWithResolvers<void>
}

/** A process that looks into one content at a time; see `examiner-process` for what is said between the two. */
export class Examiner {
  readonly #child: ChildProcessByStdio<Socket, Socket, null>
  readonly #ended: Promise<unknown>
  readonly #frames = new FrameReader(LARGEST)
  #question: Question | undefined
  #alive = true

  /** @param memory bytes above which the process is ended. */
  constructor(memory: number = MOST_MEMORY) {
    this.#child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MEGABYTES}`, SCRIPT, String(memory)], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
    }) as ChildProcessByStdio<Socket, Socket, null>
    const { stdin, stdout } = this.#child
    this.#ended = once(this.#child, 'close').catch(() => undefined)
    this.#child.on('error', ({ message }) => this.#over(message))
    // What it said last may still have to be read, and while it is not, the process does not count as closed.
    this.#child.on('exit', () => {
      this.#alive = false
      stdout.resume()
    })
    this.#child.on('close', () => this.#over('its process ended before it was through'))
    stdin.on('error', ({ message }) => this.#over(message))
    stdout.on('data', (piece: Buffer) => this.#take(piece))
    this.#keepsAlive(false)
  }

  /** Whether it can be asked for anything more. */
  get alive(): boolean {
    return this.#alive
  }

  /** Waits until it is through with what it was asked, listened to or not; then it can be asked again. */
  async settled(): Promise<void> {
    await this.#question?.over.promise
  }

  /**
   * Asks about a content. It must not be asked before the last question is settled.
   *
   * @returns the answers as they come, the last one included.
   * @throws the signal's reason once it fires, and ExaminerError where the process ends first or says nonsense. The process
   * has been killed then.
   */
  async *ask(request: ExaminerRequest, content: Uint8Array, signal: AbortSignal): AsyncGenerator<ExaminerAnswer> {
    signal.throwIfAborted()
    if (!this.#alive) throw new ExaminerError({ reason: 'its process has ended' })
    const answers = new AnswerQueue<ExaminerAnswer>()
    const question: Question = { answers, forgotten: false, over: Promise.withResolvers() }
    this.#question = question
    this.#keepsAlive(true)
    const onAbort = (): void => {
      answers.fail(signal.reason as Error)
      if (this.#question === question) void this.end()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      this.#send(request, content)
      for (;;) {
        const next = await answers.next()
        if (answers.held <= AHEAD) this.#child.stdout.resume()
        yield next
        if (isLast(next)) return
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      if (this.#question === question) this.#forget(question)
    }
  }

  /** Kills the process, whatever it is doing. */
  async end(): Promise<void> {
    this.#over('it was ended')
    this.#child.kill('SIGKILL')
    this.#keepsAlive(true)
    await this.#ended
  }

  #send(request: ExaminerRequest, content: Uint8Array): void {
    const { stdin } = this.#child
    stdin.cork()
    stdin.write(frameHead(request, content.length))
    stdin.write(content)
    stdin.uncork()
  }

  /** Not more is taken in than a little ahead of who asked; then the process waits. */
  #take(piece: Buffer): void {
    try {
      for (const frame of this.#frames.push(piece)) this.#hear(answerOf(frame))
    } catch (error) {
      this.#over(`it answered nonsense: ${(error as Error).message}`)
      void this.end()
    }
  }

  #hear(said: ExaminerAnswer): void {
    const question = this.#question
    if (!question) throw new Error('it was not asked')
    if (!question.forgotten) question.answers.push(said)
    if (question.answers.held > AHEAD && this.#alive) this.#child.stdout.pause()
    if (!isLast(said)) return
    this.#question = undefined
    this.#keepsAlive(false)
    question.over.resolve()
  }

  /** What comes of it now is thrown away, if that is over soon. */
  #forget(question: Question): void {
    question.forgotten = true
    this.#child.stdout.resume()
    const timer = setTimeout(() => this.end(), GRACE)
    question.over.promise.then(() => clearTimeout(timer))
  }

  /** Only while it is waited for: a program that has nothing else to do ends, and the process with it. */
  #keepsAlive(so: boolean): void {
    const { stdin, stdout } = this.#child
    for (const handle of [this.#child, stdin, stdout]) so || !this.#alive ? handle.ref() : handle.unref()
  }

  #over(reason: string): void {
    this.#alive = false
    const question = this.#question
    this.#question = undefined
    question?.answers.fail(new ExaminerError({ reason }))
    question?.over.resolve()
  }
}

/** An examiner that a content has taken over can say whatever it likes. */
function answerOf({ header, body }: Frame): ExaminerAnswer {
  return { ...answer.parse(header), body }
}

function isLast(said: ExaminerAnswer): boolean {
  return !('path' in said)
}
