import { randomUUID } from 'node:crypto'
import { withinTime } from '@polyswarm/protocol'
import type { AnalysisRequest } from '../analysis/analysis-backend.js'
import { AnalysisError, BackendError } from '../errors.js'
import { examine } from '../examiner/examine.js'
import type { Finding } from '../findings/finding.js'
import type { BidRange } from '../staking/strategies.js'
import { AnswerDesk } from './answer-desk.js'
import type { DeliveryLog } from './delivery.js'
import { findingOfAnswer } from './webhook-answer.js'
import { type WebhookBounty, webhookBountyJson } from './webhook-bounty.js'
import type { WebhookState } from './webhook-health.js'
import type { WebhookSecret } from './webhook-secret.js'
import { WebhookSender } from './webhook-sender.js'

/** Whose webhook is called, and how. */
export interface WebhookCallerOptions {
  /** Address of the webhook. */
  url: string
  secret: WebhookSecret
  /** Whether assertions or votes are asked for. */
  phase: WebhookBounty['phase']
  /** Where artifacts are served and answers are taken: an address, or a desk that others share and stop. */
  listen: { host: string; port: number; publicUrl?: string | undefined } | AnswerDesk
  /** What the webhook is told that it can bid, in base units. */
  range: BidRange
  /** Milliseconds that it gets for an artifact. */
  timeLimit: number
  logger: DeliveryLog
}

/** Has somebody's webhook judge artifacts: calls it, serves it the artifact, and takes the first valid answer. */
export class WebhookCaller {
  readonly #options: WebhookCallerOptions
  readonly #sender: WebhookSender
  #desk: AnswerDesk | undefined

  constructor(options: WebhookCallerOptions) {
    this.#options = options
    const { url, secret, logger } = options
    this.#sender = new WebhookSender({ url, secret, logger })
  }

  /** How the webhook stands. */
  get state(): WebhookState {
    return this.#sender.state
  }

  /**
   * Opens the desk, and pings the webhook; one that does not answer is pinged again later.
   *
   * @throws BackendError where the desk cannot listen.
   */
  async start(): Promise<void> {
    const { listen } = this.#options
    this.#desk ??= listen instanceof AnswerDesk ? listen : await AnswerDesk.start(listen)
    await this.#sender.ping()
  }

  stop(): void {
    if (this.#desk !== this.#options.listen) this.#desk?.stop()
    this.#desk = undefined
  }

  /** @throws AnalysisError where the webhook has no valid answer in time, or gets nothing for now. */
  async judge({ content, artifactType, metadata, signal: outer }: AnalysisRequest): Promise<Finding> {
    const desk = this.#desk
    if (!desk) throw new TypeError('The webhook was not started.')
    const { timeLimit, phase, range } = this.#options
    const stop = new AbortController()
    return withinTime(timeLimit, [outer, stop.signal], async (signal) => {
      const expiration = Date.now() + timeLimit
      const read = (value: unknown) => findingOfAnswer(value, { phase, range })
      const { finding, ...addresses } = desk.open({ content, read }, signal)
      let isTaken = false
      try {
        const sha256 = await examine('sha256', content, signal)
        const bounty = { id: randomUUID(), artifactType, expiration, range, sha256, phase, metadata, ...addresses }
        const delivered = this.#deliver(bounty, signal).then(() => {
          isTaken = true
        })
        // An answer may come before its question is acknowledged.
        const failed = delivered.then(() => finding)
        failed.catch(() => undefined)
        const found = await Promise.race([finding, failed])
        this.#sender.answered()
        return found
      } catch (error) {
        finding.catch(() => undefined)
        if (outer.aborted && (outer.reason as Error).name === 'AbortError') throw outer.reason
        if (isTaken) this.#sender.unanswered()
        const reason = signal.aborted
          ? 'there was no valid answer in time'
          : (error as Error).message.replace(/\.$/, '')
        throw new AnalysisError({ backend: 'webhook', reason, cause: error })
      } finally {
        stop.abort(new DOMException('It is over.', 'AbortError'))
      }
    })
  }

  /** What strangers say of an artifact is left out where the webhook does not take it. */
  async #deliver(bounty: WebhookBounty, signal: AbortSignal): Promise<void> {
    const isSaid = Object.keys(bounty.metadata).length > 0
    const [body, plainBody] = [bounty, ...(isSaid ? [{ ...bounty, metadata: {} }] : [])].map((each) =>
      Buffer.from(webhookBountyJson(each)),
    )
    if (body) await this.#sender.deliver({ event: 'bounty', id: bounty.id, body, plainBody }, signal)
  }
}

/** @throws BackendError for an address that is neither http nor https, or has a password in it. */
export function checkWebhookUrl(text: string): void {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return
  throw new BackendError({ backend: 'webhook', reason: `${text.slice(0, 200)} is no http or https address` })
}
