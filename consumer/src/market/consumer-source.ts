import type { ArtifactFile, BountySource, PlannedTerms } from '@polyswarm/participants/ambassador'
import { BountySourceError } from '@polyswarm/participants/ambassador'
import { type ArtifactType, type Guid, MAX_ARTIFACTS, newGuid } from '@polyswarm/protocol'
import type { ArtifactShelf } from '../intake/artifact-shelf.js'
import type { BountyGroup } from '../store/bounty-groups.js'
import type { ConsumerStore } from '../store/consumer-store.js'
import type { Submission } from '../store/submission.js'

/** What bounties are made of, and how long that takes. */
export interface ConsumerSourceOptions {
  store: ConsumerStore
  shelf: ArtifactShelf
  /** Milliseconds for which a submission waits for others to be posted together with. */
  gather: number
  /** Whether the ambassador's journal has an order that was planned as this. */
  isOrdered(guid: Guid, plan: string): boolean
  /** Milliseconds since 1970. */
  now(): number
}

/** Bytes of one bounty's artifacts together, where it has several: an upload that fails is made again as a whole. */
const MAX_BYTES = 256 * 1024 * 1024

const TYPES: readonly ArtifactType[] = ['file', 'url']

/**
 * Makes bounties of submissions: those of one type that came together, private ones by themselves. A bounty is in the
 * database, with its guid and all of its submissions, before it is in the ambassador's journal; what a crash in between has
 * left is handed over again, and only then.
 */
export class ConsumerSource implements BountySource {
  readonly name = 'submissions'
  readonly artifactType = 'file'
  readonly endless = true
  readonly #options: ConsumerSourceOptions
  #recovered = false

  constructor(options: ConsumerSourceOptions) {
    this.#options = options
  }

  async plan(): Promise<string[]> {
    return [...(await this.#leftBehind()), ...(await this.#gathered())]
  }

  async termsOf(plan: string): Promise<PlannedTerms> {
    return this.#group(plan)
  }

  async artifacts(plan: string): Promise<ArtifactFile[]> {
    const { store } = this.#options
    const files: ArtifactFile[] = []
    for (const submission of await store.submissions.ofBounty((await this.#group(plan)).id)) {
      files.push(await this.#file(submission, plan))
    }
    return files
  }

  async #file({ artifact, name, type, password, ...submission }: Submission, plan: string): Promise<ArtifactFile> {
    const { store, shelf } = this.#options
    const kept = artifact === null ? undefined : await store.artifacts.get(artifact)
    const content = await (kept ? shelf.blob(kept.sha256) : Promise.reject(new Error('it was deleted'))).catch(
      (error: Error) => {
        throw new BountySourceError({ source: `submission ${submission.id} of bounty ${plan}`, reason: error.message })
      },
    )
    // What a private file is called is nobody's business; a URL says it all itself.
    const shown = type === 'url' || submission.private ? (kept?.sha256 ?? '') : name
    return { name: shown, content, ...(password !== null && { password }) }
  }

  /** Bounties of an earlier run that never came into the journal. */
  async #leftBehind(): Promise<string[]> {
    if (this.#recovered) return []
    const { store, isOrdered } = this.#options
    const left = (await store.bounties.open()).filter(({ guid, id }) => !isOrdered(guid, planOf(id)))
    this.#recovered = true
    return left.map(({ id }) => planOf(id))
  }

  async #gathered(): Promise<string[]> {
    const { store, gather, now } = this.#options
    const latest = now() - gather
    const plans: string[] = []
    for (const type of TYPES) {
      for (const isPrivate of [false, true]) {
        const waiting = await this.#fitting(await store.submissions.queued(type, isPrivate, MAX_ARTIFACTS))
        const isReady = waiting.length === MAX_ARTIFACTS || waiting.some(({ queued }) => (queued ?? 0) <= latest)
        if (isReady) plans.push(planOf(await this.#put(type, waiting)))
      }
    }
    return plans
  }

  /** As many of them as go into one upload, and have the same price. */
  async #fitting(submissions: readonly Submission[]): Promise<Submission[]> {
    const { store } = this.#options
    const fitting: Submission[] = []
    let bytes = 0
    for (const submission of submissions) {
      const { artifact, reserved } = submission
      bytes += (artifact === null ? undefined : (await store.artifacts.get(artifact))?.size) ?? 0
      if (fitting.length > 0 && (bytes > MAX_BYTES || reserved !== fitting[0]?.reserved)) break
      fitting.push(submission)
    }
    return fitting
  }

  async #put(artifactType: ArtifactType, submissions: readonly Submission[]): Promise<number> {
    const { store } = this.#options
    return store.write(async () => {
      const most = submissions.reduce((sum, { reserved }) => sum + reserved, 0n)
      const id = await store.bounties.add({ guid: newGuid(), artifactType, artifacts: submissions.length, most })
      for (const [position, submission] of submissions.entries())
        await store.submissions.assign(submission.id, id, position)
      return id
    })
  }

  async #group(plan: string): Promise<BountyGroup> {
    const group = await this.#options.store.bounties.get(Number(plan))
    if (!group) throw new BountySourceError({ source: `bounty ${plan}`, reason: 'the database does not know it' })
    return group
  }
}

/** How a bounty is named in the ambassador's journal. */
export function planOf(id: number): string {
  return String(id)
}
