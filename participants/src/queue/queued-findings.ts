import { withEnds } from '@polyswarm/protocol'
import { combinedVersions } from '../analysis/combined-versions.js'
import { RefusedByWorkerError } from '../errors.js'
import type { BackendFinding } from '../findings/backend-finding.js'
import { abstain } from '../findings/finding.js'
import type { FindingSource, ScannedArtifact, ScanOrder } from '../microengine/finding-source.js'
import type { Microengine } from '../microengine/microengine.js'
import type { NoAnswer } from './job-desk.js'
import { QueueFront, type QueueFrontOptions } from './queue-front.js'
import type { ScanAnswer } from './scan-answer.js'
import { scanJob } from './scan-job.js'

/** An engine whose backends are elsewhere. */
export interface QueuedFindingsOptions extends QueueFrontOptions {
  /** It distills what the workers find; its own backends are not used. */
  engine: Pick<Microengine, 'distill'>
}

/** Milliseconds that an answer needs to come back and be made a verdict of. */
const RETURN = 200

/**
 * Findings of workers behind a queue in Redis: one job for each artifact and backend. A job that brings no answer, for
 * whatever reason, costs its own finding; Redis that is away costs late findings, and nothing that is due.
 */
export class QueuedFindings implements FindingSource {
  readonly #options: QueuedFindingsOptions
  #front: QueueFront | undefined

  constructor(options: QueuedFindingsOptions) {
    this.#options = options
  }

  /** Does not wait for Redis: what was promised is due without it. */
  async setup(): Promise<void> {
    this.#front ??= await QueueFront.open(this.#options)
  }

  async scan(order: ScanOrder): Promise<ScannedArtifact[]> {
    const { signal, artifacts } = order
    signal.throwIfAborted()
    if (!this.#front) throw new TypeError('The queue is not set up.')
    const deadline = (await this.#front.clock.now()) + Math.max(0, order.timeLeft - RETURN)
    return withEnds([signal], async (end) => {
      const scanOne = async (index: number): Promise<ScannedArtifact> => {
        const artifact = await this.#scanOne(order, index, deadline, end.signal)
        if (artifact.duration !== undefined) order.scanned?.(index, artifact)
        return artifact
      }
      try {
        return await Promise.all(artifacts.map((_, index) => scanOne(index)))
      } finally {
        end.abort(new DOMException('The bounty is refused.', 'AbortError'))
      }
    })
  }

  async teardown(): Promise<void> {
    await this.#front?.close()
    this.#front = undefined
  }

  async #scanOne(
    { guid, uri, artifactType, artifacts }: ScanOrder,
    index: number,
    deadline: number,
    signal: AbortSignal,
  ): Promise<ScannedArtifact> {
    const artifact = artifacts[index]
    if (!artifact || 'skip' in artifact) {
      return { finding: abstain(artifact?.skip ?? 'there is no such artifact'), fileType: 'unknown' }
    }
    const { metadata } = artifact
    const job = scanJob({ guid, uri, numArtifacts: artifacts.length, index, artifactType, metadata, deadline })
    const answers = await Promise.all(
      (this.#front?.desks ?? []).map(async ({ backend, desk }) => ({
        backend,
        answer: await answerOf(desk.ask(job, signal), signal),
      })),
    )
    const findings: BackendFinding[] = answers.map(({ backend, answer }) => {
      if ('refused' in answer) throw new RefusedByWorkerError({ reason: answer.refused })
      return { backend, finding: 'failed' in answer ? abstain(`${backend} failed: ${answer.failed}`) : answer.finding }
    })
    const judged = answers.flatMap(({ backend, answer }) => ('finding' in answer ? { name: backend, ...answer } : []))
    const fileType = judged[0]?.fileType ?? 'unknown'
    const verdict = this.#options.engine.distill(findings, fileType)
    return {
      finding: { ...verdict, versions: combinedVersions(judged) },
      fileType,
      ...(judged.length > 0 && { duration: Math.max(...judged.map(({ duration }) => duration)) }),
    }
  }
}

/** An answer that did not come in time is none, as is one that cannot be had; a process that stops is no such case. */
async function answerOf(asked: Promise<ScanAnswer | NoAnswer>, signal: AbortSignal): Promise<ScanAnswer | NoAnswer> {
  try {
    return await asked
  } catch (error) {
    if (!signal.aborted || (signal.reason as Error).name !== 'TimeoutError') throw error
    return { failed: 'no worker answered in time' }
  }
}
