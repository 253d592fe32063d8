import { newGuid, stringifyJson, withinTime } from '@polyswarm/protocol'
import { scanInTime } from '../analysis/timely-scan.js'
import { ForbiddenAddressError, WebhookDeliveryError } from '../errors.js'
import { examine } from '../examiner/examine.js'
import { abstain, type Finding } from '../findings/finding.js'
import type { Microengine } from '../microengine/microengine.js'
import type { Metrics } from '../runtime/reports/metrics.js'
import { Semaphore } from '../semaphore.js'
import type { RangeStrategy } from '../staking/strategies.js'
import type { AddressGuard } from './address-guard.js'
import { type DeliveryLog, deliver } from './delivery.js'
import { guardedRequest } from './guarded-request.js'
import { webhookAnswerOf } from './webhook-answer.js'
import type { WebhookBounty } from './webhook-bounty.js'

/** Who works on bounties, and within which limits. */
export interface WebhookWorkOptions {
  engine: Microengine
  strategy: RangeStrategy
  guard: AddressGuard
  /** Bytes of the largest artifact that is fetched. */
  maxArtifactSize: number
  /** Artifacts at the same time. */
  concurrency: number
  logger: DeliveryLog
  metrics?: Metrics | undefined
}

/** Bounties that wait, for each that is worked on. */
const WAITING = 64
/** The part of the time that is kept for bringing the answer, and the most of it in milliseconds. */
const DELIVERY_SHARE = 0.2
const DELIVERY_MOST = 5_000
const LARGEST_REPLY = 64 * 1024

/** Works on bounties of a marketplace: fetches the artifact, judges it, and brings the answer until it is taken. */
export class WebhookWork {
  readonly #options: WebhookWorkOptions
  readonly #gate: Semaphore
  readonly #running = new Set<Promise<void>>()

  constructor(options: WebhookWorkOptions) {
    this.#options = options
    this.#gate = new Semaphore(options.concurrency)
  }

  /** Takes a bounty on. @returns false where as many wait as can. */
  accept(bounty: WebhookBounty): boolean {
    if (this.#running.size >= this.#options.concurrency * WAITING) return false
    const working: Promise<void> = this.#work(bounty).finally(() => this.#running.delete(working))
    this.#running.add(working)
    return true
  }

  /** Waits until all that was taken on is done. */
  async idle(): Promise<void> {
    await Promise.all(this.#running)
  }

  async #work(bounty: WebhookBounty): Promise<void> {
    const { logger, engine, strategy, metrics } = this.#options
    const { id, expiration } = bounty
    const left = Math.max(1, expiration - Date.now())
    const scanTime = Math.max(1, Math.floor(left - Math.min(left * DELIVERY_SHARE, DELIVERY_MOST)))
    await withinTime(left, [], async (signal) => {
      try {
        const finding = await withinTime(scanTime, [signal], (limit) => this.#judgeInTurn(bounty, limit))
        const answer = webhookAnswerOf(finding, bounty, { strategy, identity: engine })
        await this.#bring(bounty, Buffer.from(stringifyJson(answer)), signal)
      } catch (error) {
        const { name, message } = error as Error
        const reason = signal.aborted || name === 'TimeoutError' ? 'its time is over' : message
        logger.warn({ bounty: id, reason }, 'no answer was brought')
        metrics?.add('polyswarm_failures_total', 1, { reason: signal.aborted ? 'time' : 'failed' })
      }
    })
  }

  async #judgeInTurn(bounty: WebhookBounty, signal: AbortSignal): Promise<Finding> {
    const { logger, metrics } = this.#options
    const leave = await this.#gate.enter(signal)
    try {
      const start = performance.now()
      const finding = await this.#judge(bounty, signal)
      const { outcome, confidence, family, reason } = finding
      const seconds = (performance.now() - start) / 1000
      metrics?.observe('polyswarm_scan_seconds', seconds, { outcome })
      const ms = Math.round(seconds * 1000)
      logger.info({ bounty: bounty.id, outcome, confidence, family, reason, ms }, 'judged')
      return finding
    } finally {
      leave()
    }
  }

  /** What cannot be fetched, or is not what was promised, is abstained on: that is an answer, too. */
  async #judge(bounty: WebhookBounty, signal: AbortSignal): Promise<Finding> {
    const { engine, guard, maxArtifactSize: maxBytes } = this.#options
    const { artifactUri: url, artifactType, metadata, sha256 } = bounty
    let content: Buffer
    try {
      const answer = await guardedRequest({ url, guard, method: 'GET', maxBytes, signal })
      if (answer.status !== 200) return abstain(`the artifact cannot be fetched: status ${answer.status}`)
      content = answer.body
      if (sha256 !== undefined && (await examine('sha256', content, signal)) !== sha256) {
        return abstain('the artifact is another than the one that was promised')
      }
    } catch (error) {
      if (error instanceof ForbiddenAddressError || error instanceof WebhookDeliveryError) return abstain(error.message)
      if (signal.aborted) return abstain('the artifact could not be fetched in time')
      throw error
    }
    if (!engine.artifactTypes.includes(artifactType)) return abstain(`${engine.name} does not judge ${artifactType}s`)
    const request = { guid: newGuid(), index: 0, content, artifactType, metadata, signal }
    return scanInTime(() => engine.scan(request), signal)
  }

  async #bring({ id, responseUrl: url }: WebhookBounty, body: Buffer, signal: AbortSignal): Promise<void> {
    const { guard, logger } = this.#options
    const headers = { 'content-type': 'application/json' }
    const send = () => guardedRequest({ url, guard, method: 'POST', headers, body, maxBytes: LARGEST_REPLY, signal })
    await deliver(`answer on ${id}`, new URL(guard.checked(url)).origin, send, { logger, signal })
  }
}
