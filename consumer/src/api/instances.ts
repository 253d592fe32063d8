import type { HashType, Instance } from '@polyswarm/protocol/consumer'
import type { FastifyRequest } from 'fastify'
import { SubmissionUnknownError } from '../errors.js'
import type { ConsumerAccount } from '../store/account-book.js'
import type { KeptArtifact } from '../store/artifact-book.js'
import type { Submission } from '../store/submission.js'
import { type InstanceViewOptions, instanceView } from './instance-view.js'
import { type Page, pageOf } from './page.js'
import { BASE, originOf } from './request-parts.js'

/** Larger than each id. */
const LAST = 2n ** 63n - 1n

/** Submissions of an artifact among which its latest answer is looked for. */
const LATEST = 5

/** An artifact, and the latest of its submissions that somebody can see. */
export interface FoundArtifact {
  artifact: KeptArtifact
  latest: Submission[]
}

/** Finds what an account can see, and answers with it. */
export class Instances {
  readonly #options: InstanceViewOptions

  constructor(options: InstanceViewOptions) {
    this.#options = options
  }

  /** The answer with one submission. */
  async one(submission: Submission, request: FastifyRequest): Promise<{ status: 'OK'; result: Instance }> {
    return { status: 'OK', result: await this.#view(submission, request) }
  }

  /**
   * The answer with a page of submissions, the latest first.
   *
   * @param find at most so many below an id.
   */
  async page(
    { offset, limit }: { offset?: string | undefined; limit?: number | undefined },
    request: FastifyRequest,
    find: (before: bigint, limit: number) => Promise<readonly Submission[]>,
  ): Promise<{ status: 'OK' } & Page<Instance>> {
    const given = /^\d{1,19}$/.test(offset ?? '') ? BigInt(offset ?? 0) : LAST
    const before = given > LAST ? LAST : given
    const made = await pageOf(
      limit,
      (count) => find(before, count),
      async (submission) => ({
        element: await this.#view(submission, request),
        bytes: 1_000 + submission.assertions.length * 4_500,
        offset: String(submission.id),
      }),
    )
    return { status: 'OK', ...made }
  }

  /** A submission that an account can see. @throws SubmissionUnknownError. */
  async visible(id: string, account: ConsumerAccount): Promise<Submission> {
    const { submissions } = this.#options.store
    const found = BigInt(id) > LAST ? undefined : await submissions.visible(BigInt(id), account.id)
    return found ?? none(`submission ${id}`)
  }

  /** Artifacts with a hash of which an account can see a submission. */
  async withHash(type: HashType, hash: string, account: ConsumerAccount): Promise<FoundArtifact[]> {
    const { store } = this.#options
    const found: FoundArtifact[] = []
    for (const artifact of await store.artifacts.withHash(type, hash)) {
      const latest = await this.latest(artifact.id, account, LATEST)
      if (latest.length > 0) found.push({ artifact, latest })
    }
    return found
  }

  /** The latest submissions of an artifact that an account can see. */
  async latest(artifact: number, account: ConsumerAccount, limit: number): Promise<Submission[]> {
    return this.#options.store.submissions.ofArtifact(artifact, account.id, LAST, limit)
  }

  /** The latest submission of an artifact with a hash. @throws SubmissionUnknownError. */
  async latestWithHash(type: HashType, hash: string, account: ConsumerAccount): Promise<Submission> {
    const [found] = await this.withHash(type, hash, account)
    return found?.latest[0] ?? none(`artifact ${hash}`)
  }

  #view(submission: Submission, request: FastifyRequest): Promise<Instance> {
    return instanceView(submission, this.#options, (token) => `${originOf(request)}${BASE}/upload/${token}`)
  }
}

/** @throws SubmissionUnknownError. */
export function none(what: string): never {
  throw new SubmissionUnknownError({ what })
}
