import { randomUUID } from 'node:crypto'
import { AnalysisError, BackendError } from '../errors.js'
import { examine } from '../examiner/examine.js'
import type { AnalysisRequest } from '../microengine/analysis-backend.js'
import type { Finding } from '../microengine/finding.js'
import type { BidRange } from '../staking/strategies.js'
import { AnswerDesk } from './answer-desk.js'
import { type DeliveryLog, deliver } from './delivery.js'
import { type GuardedAnswer, guardedRequest } from './guarded-request.js'
import { findingOfAnswer } from './webhook-answer.js'
import { type WebhookBounty, webhookBountyJson } from './webhook-bounty.js'
import { WebhookHealth, type WebhookState } from './webhook-health.js'
import type { WebhookSecret } from './webhook-secret.js'

/** Whose webhook is called, and how. */
export interface WebhookCallerOptions {
  /** Address of the webhook. */
  url: string
  secret: WebhookSecret
  /** Whether assertions or votes are asked for. */
  phase: WebhookBounty['phase']
  /** Where artifacts are served and answers are taken. */
  listen: { host: string; port: number; publicUrl?: string | undefined }
  /** What the webhook is told that it can bid, in base units. */
  range: BidRange
  /** Milliseconds that it gets for an artifact. */
  timeLimit: number
  logger: DeliveryLog
}

const PING_TIME = 5_000
const LARGEST_REPLY = 64 * 1024

/** Has somebody's webhook judge artifacts: calls it, serves it the artifact, and takes the first valid answer. */
export class WebhookCaller {
  readonly #options: WebhookCallerOptions
  readonly #health = new WebhookHealth(() => performance.now())
  #desk: AnswerDesk | undefined
  #pinging: Promise<void> | undefined

  constructor(options: WebhookCallerOptions) {
    this.#options = options
  }

  /** How the webhook stands. */
  get state(): WebhookState {
    return this.#health.state
  }

  /**
   * Opens the desk, and pings the webhook; one that does not answer is pinged again later.
   *
   * @throws BackendError where the desk cannot listen.
   */
  async start(): Promise<void> {
    this.#desk ??= await AnswerDesk.start(this.#options.listen)
    await this.#ping()
  }

  stop(): void {
    this.#desk?.stop()
    this.#desk = undefined
  }

  /** @throws AnalysisError where the webhook has no valid answer in time, or gets nothing for now. */
  async judge({ content, artifactType, metadata, signal: outer }: AnalysisRequest): Promise<Finding> {
    if (!this.#desk) throw new TypeError('The webhook was not started.')
    const { timeLimit, phase, range } = this.#options
    const fail = (reason: string, cause?: unknown) => new AnalysisError({ backend: 'webhook', reason, cause })
    if (this.#health.isPingDue) await this.#ping()
    if (!this.#health.isOpen) throw fail(`it is ${this.state}: no ping was answered since`)
    const stop = new AbortController()
    const signal = AbortSignal.any([outer, stop.signal, AbortSignal.timeout(timeLimit)])
    const expiration = Date.now() + timeLimit
    const read = (value: unknown) => findingOfAnswer(value, { phase, range })
    const { finding, ...addresses } = this.#desk.open({ content, read }, signal)
    try {
      const sha256 = await examine('sha256', content, signal)
      const bounty = { id: randomUUID(), artifactType, expiration, range, sha256, phase, metadata, ...addresses }
      const delivered = this.#deliver(bounty, signal)
      // An answer may come before its question is acknowledged.
      const failed = delivered.then(() => finding)
      failed.catch(() => undefined)
      const found = await Promise.race([finding, failed])
      this.#health.answered()
      return found
    } catch (error) {
      finding.catch(() => undefined)
      if (outer.aborted && (outer.reason as Error).name === 'AbortError') throw outer.reason
      this.#health.failed()
      throw fail(
        signal.aborted ? 'there was no valid answer in time' : (error as Error).message.replace(/\.$/, ''),
        error,
      )
    } finally {
      stop.abort(new DOMException('It is over.', 'AbortError'))
    }
  }

  async #deliver(bounty: WebhookBounty, signal: AbortSignal): Promise<void> {
    const { url, logger } = this.#options
    const body = Buffer.from(webhookBountyJson(bounty))
    const send = () => this.#post('bounty', bounty.id, body, signal)
    await deliver(`bounty ${bounty.id}`, new URL(url).origin, send, { logger, signal })
  }

  /** All who wait for a ping wait for the same. */
  #ping(): Promise<void> {
    this.#pinging ??= this.#pingOnce().finally(() => {
      this.#pinging = undefined
    })
    return this.#pinging
  }

  async #pingOnce(): Promise<void> {
    const { url, logger } = this.#options
    const { origin } = new URL(url)
    try {
      const { status } = await this.#post('ping', randomUUID(), undefined, AbortSignal.timeout(PING_TIME))
      const isAnswered = status >= 200 && status < 300
      this.#health.pinged(isAnswered)
      if (isAnswered) logger.info({ webhook: origin }, 'the webhook answers')
      else logger.warn({ webhook: origin, status }, 'the webhook refuses pings: it gets nothing until it takes one')
    } catch (error) {
      this.#health.pinged(false)
      const reason = (error as Error).message
      logger.warn({ webhook: origin, reason }, 'the webhook does not answer: it gets nothing until it takes a ping')
    }
  }

  #post(event: string, id: string, body: Buffer | undefined, signal: AbortSignal): Promise<GuardedAnswer> {
    const { url, secret } = this.#options
    const signed = body ?? Buffer.alloc(0)
    const headers = {
      'x-polyswarm-event': event,
      'x-polyswarm-signature': secret.sign(signed),
      'x-polyswarm-delivery': id,
      ...(body && { 'content-type': 'application/json' }),
    }
    return guardedRequest({
      url,
      guard: undefined,
      method: 'POST',
      headers,
      body: signed,
      maxBytes: LARGEST_REPLY,
      signal,
    })
  }
}

/** @throws BackendError for an address that is neither http nor https, or has a password in it. */
export function checkWebhookUrl(text: string): void {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return
  throw new BackendError({ backend: 'webhook', reason: `${text.slice(0, 200)} is no http or https address` })
}
