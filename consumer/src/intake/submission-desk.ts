import { randomBytes } from 'node:crypto'
import { formatOf, urlProblem } from '@polyswarm/participants/ambassador'
import { type ArtifactType, visibleText } from '@polyswarm/protocol'
import { type createInstanceRequest, MAX_NAME } from '@polyswarm/protocol/consumer'
import type { z } from 'zod'
import {
  ConsumerRequestError,
  ConsumerUnavailableError,
  QuotaExceededError,
  SubmissionStateError,
  SubmissionUnknownError,
  UploadRefusedError,
} from '../errors.js'
import type { ConsumerAccount } from '../store/account-book.js'
import type { ArtifactDescription } from '../store/artifact-book.js'
import type { ConsumerStore } from '../store/consumer-store.js'
import type { Submission } from '../store/submission.js'
import type { NewSubmission } from '../store/submission-book.js'
import type { ArtifactShelf, ReceivedFile } from './artifact-shelf.js'

/** What is accepted, and for how long it is kept. */
export interface SubmissionDeskOptions {
  store: ConsumerStore
  shelf: ArtifactShelf
  /** Largest artifact, in bytes. */
  maxArtifactSize: number
  /** Bytes of all artifacts that are kept. */
  maxStoredBytes: number
  /** What all accounts together may spend, in base units; null for no limit. */
  budget: bigint | null
  /** Days for which a submission is kept; null for ever. */
  retention: number | null
  /** Milliseconds for which an answer is given again to who submits the same bytes. */
  freshFor: number
  /** Called when submissions have changed. */
  changed(): void
  /** Milliseconds since 1970. */
  now(): number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** How far back an answer to the same bytes is looked for. */
const LOOKED_AT = 20

/** Takes submissions in: what becomes of them afterwards is the bounties' matter. Whatever it accepts is on the disk. */
export class SubmissionDesk {
  readonly #options: SubmissionDeskOptions

  constructor(options: SubmissionDeskOptions) {
    this.#options = options
  }

  /**
   * Announces an artifact; its bytes are still to come.
   *
   * @throws ConsumerRequestError, QuotaExceededError, ConsumerUnavailableError.
   */
  async create(account: ConsumerAccount, request: z.output<typeof createInstanceRequest>): Promise<Submission> {
    const {
      artifact_name: name,
      artifact_type,
      community = 'default',
      expiration_window: days,
      preprocessing,
    } = request
    const type = artifact_type === 'URL' ? 'url' : 'file'
    const password = preprocessing?.password ?? null
    if (type === 'url') {
      const problem = urlProblem(name)
      if (problem !== undefined) throw new ConsumerRequestError({ field: 'artifact_name', reason: problem })
    }
    return this.#add(account, {
      ...{ type, community, password, private: request.private ?? false, fresh: request.fresh ?? false },
      account: account.id,
      name: type === 'url' ? name : cleanName(name),
      expires: this.#expiry(days ?? null),
      uploadToken: randomBytes(32).toString('base64url'),
    })
  }

  /** The submission that waits for bytes under a token. @throws SubmissionUnknownError where there is none. */
  async waitingFor(token: string): Promise<Submission> {
    const found = await this.#options.store.submissions.waitingFor(token)
    if (!found) throw new SubmissionUnknownError({ what: 'upload of this address, or it is done' })
    return found
  }

  /**
   * Takes the bytes of an announced artifact.
   *
   * @throws UploadRefusedError, ConsumerUnavailableError, SubmissionUnknownError; then the submission still waits.
   */
  async upload(token: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    const { id, type } = await this.waitingFor(token)
    await this.#receive(type, source, async (file, description) => {
      const { store, shelf, now } = this.#options
      await store.write(async () => {
        // Two uploads to the same address: the first one counts.
        if ((await this.waitingFor(token)).id !== id)
          throw new SubmissionUnknownError({ what: 'upload of this address' })
        shelf.keep(file)
        await store.submissions.setStored(id, (await store.artifacts.keep(description, now())).id)
      })
    })
    this.#options.changed()
  }

  /**
   * Has a submission judged whose bytes are here. Asked again, it changes nothing.
   *
   * @throws SubmissionUnknownError, SubmissionStateError, BudgetExceededError, ConsumerUnavailableError.
   */
  async start(account: ConsumerAccount, id: bigint): Promise<Submission> {
    const { store, changed } = this.#options
    const started = await store.write(async () => {
      const submission = await this.#own(account, id)
      if (submission.state === 'created') {
        throw new SubmissionStateError({ id: String(id), reason: 'has no bytes yet: PUT them to its upload_url first' })
      }
      if (submission.state === 'stored') await this.#begin(account, submission)
      return this.#own(account, id)
    })
    changed()
    return started
  }

  /** Announces, takes and starts in one go. @throws what {@link create}, {@link upload} and {@link start} throw. */
  async submit(
    account: ConsumerAccount,
    request: z.output<typeof createInstanceRequest>,
    source: AsyncIterable<Uint8Array>,
  ): Promise<Submission> {
    const { id, uploadToken } = await this.create(account, request)
    try {
      await this.upload(uploadToken ?? '', source)
      return await this.start(account, id)
    } catch (error) {
      // Nobody was told of it.
      await this.#options.store.write(async () => this.#forget(await this.#own(account, id)))
      throw error
    }
  }

  /**
   * Has an artifact judged again that is here.
   *
   * @throws SubmissionUnknownError, QuotaExceededError, BudgetExceededError, ConsumerUnavailableError.
   */
  async rescan(account: ConsumerAccount, earlier: Submission, dispute?: { reason: string }): Promise<Submission> {
    const { store, changed } = this.#options
    const { artifact, type, name, community, password } = earlier
    if (artifact === null) throw new SubmissionUnknownError({ what: `artifact of submission ${earlier.id}` })
    const again = await store.write(async () => {
      const added = await this.#add(account, {
        ...{ account: account.id, artifact, type, name, community, password, fresh: true, private: earlier.private },
        expires: this.#expiry(null),
        state: 'stored',
        ...(dispute && { disputes: earlier.id, disputeReason: dispute.reason }),
      })
      await this.#begin(account, added)
      if (dispute) await store.submissions.touch(earlier.id)
      return this.#own(account, added.id)
    })
    changed()
    return again
  }

  /**
   * Contests a verdict: the artifact is judged again, in a bounty of its own that is linked with the first.
   *
   * @throws SubmissionStateError where there is no verdict yet, or it is contested already; and what {@link rescan} throws.
   */
  async dispute(account: ConsumerAccount, earlier: Submission, reason: string): Promise<Submission> {
    const { store } = this.#options
    const id = String(earlier.id)
    if (earlier.state !== 'settled' && earlier.state !== 'judged') {
      throw new SubmissionStateError({ id, reason: 'is not judged yet, so there is nothing to contest' })
    }
    return store.write(async () => {
      for (const other of await store.submissions.disputesOf(earlier.id)) {
        const open = await store.submissions.get(other)
        if (open && !isOver(open)) {
          throw new SubmissionStateError({ id, reason: `is contested already, by submission ${other}` })
        }
      }
      return this.rescan(account, earlier, { reason: visibleText(reason) })
    })
  }

  /**
   * Deletes a submission, with the bytes where nobody else submitted them.
   *
   * @throws SubmissionUnknownError; SubmissionStateError while its bounty is not over.
   */
  async delete(account: ConsumerAccount, id: bigint): Promise<void> {
    const { store } = this.#options
    await store.write(async () => {
      const submission = await this.#own(account, id)
      if (!isDeletable(submission)) {
        throw new SubmissionStateError({
          id: String(id),
          reason: 'is being judged: it can be deleted once that is over',
        })
      }
      await this.#forget(submission)
    })
    await this.sweep()
    await store.scrub()
  }

  /** Removes a limited number of what is too old, and the files that no submission speaks of. @returns whether there is more. */
  async sweep(): Promise<boolean> {
    const { store, shelf, now, changed } = this.#options
    const [abandoned, expired] = await store.write(async () => {
      const forgotten = await store.submissions.abandoned(now() - HOUR, 100)
      for (const { id, state, artifact } of forgotten) {
        const what = state === 'created' ? 'Its bytes did not come' : 'It was not started'
        await store.submissions.setAbandoned(id, `${what} within an hour.`, now() + DAY)
        if (artifact !== null) await store.artifacts.forgetUnused(artifact)
      }
      await store.accuracy.forget(now())
      const old = await store.submissions.expired(now(), 100)
      for (const submission of old) {
        if (isDeletable(submission)) await this.#forget(submission)
        else await store.submissions.setExpires(submission.id, now() + HOUR)
      }
      return [forgotten, old]
    })
    const removals = await store.artifacts.removals(100)
    for (const sha256 of removals) {
      await store.write(async () => {
        if (!(await store.artifacts.isRemoval(sha256))) return
        shelf.remove(sha256)
        await store.artifacts.removed(sha256)
      })
    }
    if (abandoned.length + expired.length > 0) changed()
    return [abandoned, expired, removals].some(({ length }) => length === 100)
  }

  /** How many submissions an account has made in the last hour, and in how many seconds the oldest no longer counts. */
  async usage({ id }: ConsumerAccount): Promise<{ used: number; resetsIn: number }> {
    const { store, now } = this.#options
    const { count, oldest } = await store.submissions.countSince(id, now() - HOUR)
    return { used: count, resetsIn: oldest === null ? 0 : Math.max(Math.ceil((oldest + HOUR - now()) / 1_000), 1) }
  }

  /** What one artifact costs at most. @throws ConsumerUnavailableError before the market has told. */
  async price(): Promise<bigint> {
    const price = await this.#options.store.price()
    if (!price) throw new ConsumerUnavailableError({ reason: 'the market has not been reached yet' })
    return price.reward + price.fee
  }

  async #add(account: ConsumerAccount, submission: NewSubmission): Promise<Submission> {
    const { store, now } = this.#options
    const { submissionsPerHour: limit } = account
    return store.write(async () => {
      if (limit !== null) {
        const { used, resetsIn } = await this.usage(account)
        if (used >= limit) {
          throw new QuotaExceededError({
            what: `Account ${account.name} may submit ${limit} artifacts an hour`,
            retryAfter: Math.max(resetsIn, 1),
          })
        }
      }
      return store.submissions.add(submission, now())
    })
  }

  /** Shares the answer of an earlier one, or takes the price from the budget. */
  async #begin(account: ConsumerAccount, submission: Submission): Promise<void> {
    const { store, budget, now } = this.#options
    const earlier = await this.#answered(submission)
    if (earlier) {
      await store.submissions.setAnsweredBy(submission.id, earlier.id)
      return
    }
    const price = await this.price()
    await store.accounts.spend(account.id, price, budget)
    await store.submissions.setQueued(submission.id, price, now())
  }

  /** The submission of the same bytes that was answered lately, or is about to be, and that this account may see. */
  async #answered(submission: Submission): Promise<Submission | undefined> {
    const { id, artifact, account, fresh, private: isPrivate, password } = submission
    const { store, freshFor, now } = this.#options
    if (fresh || artifact === null || freshFor === 0) return undefined
    const lately = await store.submissions.ofArtifact(artifact, account, id, LOOKED_AT)
    return lately.find((other) => {
      if (other.answeredBy !== null || other.password !== password) return false
      // A private one shares nothing with others, in either direction.
      if ((isPrivate || other.private) && other.account !== account) return false
      if (other.state === 'queued' || other.state === 'posted') return true
      const isAnswered = other.assertions.some(({ verdict }) => verdict !== null)
      return isAnswered && other.judged !== null && other.judged >= now() - freshFor
    })
  }

  async #receive(
    type: ArtifactType,
    source: AsyncIterable<Uint8Array>,
    keep: (file: ReceivedFile, description: ArtifactDescription) => Promise<void>,
  ): Promise<void> {
    const { shelf, store, maxArtifactSize, maxStoredBytes } = this.#options
    if ((await store.artifacts.storedBytes()) >= maxStoredBytes) {
      throw new ConsumerUnavailableError({ reason: 'there is no room for more artifacts', retryAfter: 60 })
    }
    const file = await shelf.receive(source, maxArtifactSize)
    try {
      const { sha256, sha1, md5, size, head } = file
      if (type === 'url') {
        const problem = size > head.length ? 'it is too long' : urlProblem(new TextDecoder().decode(head))
        if (problem !== undefined) throw new UploadRefusedError({ reason: problem })
      }
      const mimetype = type === 'url' ? 'text/uri-list' : formatOf(head).mimetype
      await keep(file, { type, sha256, sha1, md5, size, mimetype })
    } finally {
      shelf.discard(file)
    }
  }

  async #own(account: ConsumerAccount, id: bigint): Promise<Submission> {
    const found = await this.#options.store.submissions.get(id)
    if (!found || found.account !== account.id) throw new SubmissionUnknownError({ what: `submission ${id} of yours` })
    return found
  }

  async #forget(submission: Submission): Promise<void> {
    const { store } = this.#options
    await store.submissions.delete(submission)
    if (submission.artifact !== null) await store.artifacts.forgetUnused(submission.artifact)
  }

  #expiry(days: number | null): number | null {
    const { retention, now } = this.#options
    const kept = days === null ? retention : Math.min(days, retention ?? days)
    return kept === null ? null : now() + kept * DAY
  }
}

/** Whether no answer to a submission is still to come. */
function isOver({ state }: Submission): boolean {
  return state === 'settled' || state === 'failed'
}

/** Whether nothing is under way, or set aside, for a submission. */
function isDeletable({ state, reserved, answeredBy }: Submission): boolean {
  if (answeredBy !== null || state === 'created' || state === 'stored') return true
  return (state === 'settled' || state === 'failed') && reserved === 0n
}

/** The last part of a name of a file, in one line that shows all it is made of. */
function cleanName(name: string): string {
  const last = name.split(/[/\\]/).findLast((part) => part !== '' && part !== '.' && part !== '..') ?? ''
  return visibleText(last).slice(0, MAX_NAME) || 'unnamed'
}
