import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { InvalidOptionError } from '@polyswarm/participants/ambassador'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { Callers } from './api/caller.js'
import { buildConsumerServer } from './api/consumer-server.js'
import { Feed } from './api/feed.js'
import { instanceView } from './api/instance-view.js'
import { BASE } from './api/request-parts.js'
import { UploadCount } from './api/upload-routes.js'
import { ArtifactShelf } from './intake/artifact-shelf.js'
import { SubmissionDesk, type SubmissionDeskOptions } from './intake/submission-desk.js'
import { BountyFollower } from './market/bounty-follower.js'
import { ConsumerRole, type ConsumerRoleOptions } from './market/consumer-role.js'
import type { EngineNames } from './market/engine-names.js'
import { type AnsweredArtifact, MarketScore } from './market/market-score.js'
import type { ServiceHealth } from './market/service-health.js'
import { Notifier } from './notify/notifier.js'
import { ConsumerStore } from './store/consumer-store.js'
import type { Submission } from './store/submission.js'

/** How a consumer service is run. */
export interface ConsumerServiceOptions
  extends Pick<SubmissionDeskOptions, 'maxArtifactSize' | 'maxStoredBytes' | 'budget' | 'retention' | 'freshFor'>,
    Pick<ConsumerRoleOptions, 'gather' | 'amountPerArtifact' | 'duration' | 'inFlight' | 'keeper'> {
  /** Folder of its database and of what was submitted. */
  data: string
  /** Address of a PostgreSQL database; an SQLite file in the folder without it. */
  database?: string | undefined
  host: string
  /** 0 picks a free one. */
  port: number
  /** Names it is served under besides addresses and `localhost`. */
  hosts: readonly string[]
  /** Addresses and ranges that webhooks may have besides public ones. */
  webhookAddresses: readonly string[]
  keysRequired: boolean
  requestsPerMinute: number
  nameOf: EngineNames
  logger: Logger
}

/** Milliseconds between two looks at what is too old. */
const SWEEP_EVERY = 30_000

/** Submissions that the score learns from when a service starts. */
const LEARNED = 2_000

/** A consumer service that listens. What it takes in is posted as soon as one of its roles takes part in a market. */
export class ConsumerService {
  /** Base of the API. */
  readonly url: string
  readonly #options: ConsumerServiceOptions
  readonly #parts: { store: ConsumerStore; shelf: ArtifactShelf; follower: BountyFollower; health: ServiceHealth }
  readonly #server: FastifyInstance
  readonly #stop: AbortController
  readonly #sweeping: Promise<void>

  private constructor(
    options: ConsumerServiceOptions,
    parts: { store: ConsumerStore; shelf: ArtifactShelf; follower: BountyFollower; health: ServiceHealth },
    {
      server,
      stop,
      desk,
      url,
    }: {
      server: FastifyInstance
      stop: AbortController
      desk: SubmissionDesk
      url: string
    },
  ) {
    this.#options = options
    this.#parts = parts
    this.#server = server
    this.#stop = stop
    this.url = url
    this.#sweeping = sweepOften(desk, options.logger, stop.signal)
  }

  /**
   * Opens a service's folder, and listens.
   *
   * @throws ConsumerStoreError; InvalidOptionError where the port is taken.
   */
  static async start(options: ConsumerServiceOptions): Promise<ConsumerService> {
    const { data, host, port, logger, nameOf, keysRequired, requestsPerMinute } = options
    const store = await ConsumerStore.open(data, options.database)
    const stop = new AbortController()
    try {
      await store.lock()
      const shelf = new ArtifactShelf(join(data, 'artifacts'))
      const health: ServiceHealth = { trouble: 'the market has not been reached yet', block: 0 }
      const now = (): number => Date.now()
      // A listener is told where a submission is, and not where its bytes go.
      const view = (submission: Submission) => instanceView({ ...submission, uploadToken: null }, shown, () => '')
      const feed = new Feed({ store, view })
      const shown = { store, nameOf, health }
      const { webhookAddresses: allowedAddresses } = options
      const notifier = new Notifier({ store, view, allowedAddresses, logger, signal: stop.signal })
      const changed = (): void => {
        feed.wake()
        notifier.wake()
      }
      const score = new MarketScore(nameOf, await pastOf(store))
      const follower = new BountyFollower({ store, score, changed, now })
      const desk = new SubmissionDesk({ ...options, store, shelf, changed, now })
      const callers = new Callers({ store, keysRequired, requestsPerMinute, now })
      const server = await buildConsumerServer({
        ...{ ...shown, shelf, desk, feed, notifier, callers, logger, uploads: new UploadCount(), community: 'default' },
        hosts: options.hosts.map((name) => name.toLowerCase()),
        signal: stop.signal,
      })
      notifier.wake()
      const url = await server.listen({ host, port }).catch((error: Error): never => {
        throw new InvalidOptionError({ option: '--port', reason: error.message })
      })
      return new ConsumerService(
        options,
        { store, shelf, follower, health },
        { server, stop, desk, url: `${url}${BASE}` },
      )
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** The part of the service that takes part in a market: one at a time. */
  role(): ConsumerRole {
    const { gather, amountPerArtifact, duration, inFlight, keeper } = this.#options
    const settings = { gather, amountPerArtifact, duration, inFlight, keeper }
    return new ConsumerRole({ ...settings, ...this.#parts, now: () => Date.now() })
  }

  /** The market cannot be reached, for a reason that those who ask are told. */
  set trouble(reason: string) {
    this.#parts.health.trouble = reason
  }

  /** Ends listening; to be called when no role takes part any more. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#server.close()
    await this.#sweeping
    await this.#parts.store.close()
  }
}

/** What was answered before, as far as the score remembers it. */
async function pastOf(store: ConsumerStore): Promise<AnsweredArtifact[]> {
  const past: AnsweredArtifact[] = []
  for (const { id, type, artifact, assertions, truth } of await store.submissions.latestJudged(LEARNED)) {
    const mimetype = artifact === null ? undefined : (await store.artifacts.get(artifact))?.mimetype
    past.push({ id: String(id), fileType: type === 'url' ? 'url' : (mimetype ?? ''), answers: assertions, truth })
  }
  return past
}

async function sweepOften(desk: SubmissionDesk, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let more = false
    try {
      more = await desk.sweep()
    } catch (error) {
      logger.error({ reason: (error as Error).message }, 'what is too old could not be removed, will try again')
    }
    await delay(more ? 50 : SWEEP_EVERY, undefined, { signal }).catch(() => undefined)
  }
}
