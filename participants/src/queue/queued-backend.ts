import { newGuid } from '@polyswarm/protocol'
import type { AnalysisBackend, AnalysisRequest } from '../analysis/analysis-backend.js'
import { AnalysisError, RefusedByWorkerError } from '../errors.js'
import { contentEntry } from '../examiner/examine.js'
import type { Finding } from '../findings/finding.js'
import { QueueFront, type QueueFrontOptions } from './queue-front.js'
import { scanJob } from './scan-job.js'

/** A backend that runs in workers. */
export interface QueuedBackendOptions extends Omit<QueueFrontOptions, 'backends'> {
  /** Name of the backend that the workers run. */
  name: string
  /** Milliseconds that an artifact gets. */
  timeLimit: number
}

/**
 * An analysis backend whose work is done by workers behind a queue, for programs that ask backends one by one, as an arbiter
 * does. A worker fetches the artifact by the content address of its own bytes; archives are opened there as well.
 */
export class QueuedBackend implements AnalysisBackend {
  readonly name: string
  readonly versions = {}
  readonly #options: QueuedBackendOptions
  #front: QueueFront | undefined

  constructor(options: QueuedBackendOptions) {
    this.name = options.name
    this.#options = options
  }

  /** Does not wait for Redis. */
  async setup(): Promise<void> {
    this.#front ??= await QueueFront.open({ ...this.#options, backends: [this.name] })
  }

  /**
   * @throws AnalysisError where no worker answered in time or each that tried failed, RefusedByWorkerError where the artifact
   * is not there or too large.
   */
  async analyze({ content, artifactType, metadata, signal }: AnalysisRequest): Promise<Finding> {
    const [desk] = this.#front?.desks ?? []
    if (!this.#front || !desk) throw new TypeError('The queue is not set up.')
    const { cid } = await contentEntry(content, signal)
    const deadline = (await this.#front.clock.now()) + this.#options.timeLimit
    // Asked again, the same artifact is looked at again: the id of a job is what it asks.
    const question = { guid: newGuid(), uri: cid.toString(), numArtifacts: 1, index: 0, artifactType, metadata }
    const answer = await desk.desk.ask(scanJob({ ...question, deadline }), signal)
    if ('refused' in answer) throw new RefusedByWorkerError({ reason: answer.refused })
    if ('failed' in answer) throw new AnalysisError({ backend: this.name, reason: answer.failed })
    return { ...answer.finding, versions: answer.versions }
  }

  async teardown(): Promise<void> {
    await this.#front?.close()
    this.#front = undefined
  }
}
