import {
  type Account,
  type ArchiveResult,
  accountResult,
  archiveResult,
  type Engine,
  engineResult,
  type HashType,
  hashTypeOf,
  type Instance,
  instanceResult,
  whoisResult,
} from '@polyswarm/protocol/consumer'
import { z } from 'zod'
import { ServiceAnswerError } from '../errors.js'
import { AccuracyRequests } from './accuracy-requests.js'
import type { Answer } from './http-exchange.js'
import { MetadataRequests } from './metadata-requests.js'
import { isLoopback } from './service-address.js'
import { type ServiceOptions, ServiceRequests } from './service-requests.js'
import { WebhookRequests } from './webhook-requests.js'

const STREAM = '/consumer/download/stream'

/** What is announced of an artifact before its bytes. */
export interface Announcement {
  /** Name of the file, or the URL itself. */
  name: string
  type: 'FILE' | 'URL'
  private: boolean
  /** Whether it is to be judged even if it was judged lately. */
  fresh: boolean
  /** Days until bytes and answer are deleted. */
  expirationWindow?: number | undefined
  /** Password of an archive, for the engines. */
  password?: string | undefined
}

/**
 * The consumer API as `polyswarm` uses it. Every answer is limited in size and time and passes its schema; what can pass is
 * tried again where twice is once: submissions are started by their id.
 */
export class ConsumerClient {
  readonly #options: ServiceOptions
  readonly #requests: ServiceRequests
  /** Artifacts by what is known of them. */
  readonly metadata: MetadataRequests
  /** How right engines and arbiters were. */
  readonly accuracy: AccuracyRequests
  /** Who is told of the account's submissions. */
  readonly webhooks: WebhookRequests

  constructor(options: ServiceOptions) {
    this.#options = options
    this.#requests = new ServiceRequests(options)
    this.metadata = new MetadataRequests(this.#requests)
    this.accuracy = new AccuracyRequests(this.#requests)
    this.webhooks = new WebhookRequests(this.#requests)
  }

  /** The same service, asked for as long as `signal` has not fired. */
  until(signal: AbortSignal): ConsumerClient {
    return new ConsumerClient({ ...this.#options, signal: AbortSignal.any([this.#options.signal, signal]) })
  }

  /** Announces an artifact. Its bytes go to the answer's `upload_url`. */
  async create(announcement: Announcement): Promise<Instance> {
    const { name, type, fresh, expirationWindow, password } = announcement
    const body = {
      artifact_name: name,
      artifact_type: type,
      community: this.#options.community,
      fresh,
      private: announcement.private,
      ...(expirationWindow !== undefined && { expiration_window: expirationWindow }),
      ...(password !== undefined && { preprocessing: { type: 'zip', password } }),
    }
    return this.#requests.one(instanceResult, { method: 'POST', path: '/instance', body })
  }

  /**
   * Sends the bytes of an announced artifact, without the key: what takes them may be another machine.
   *
   * @throws ServiceAnswerError where the service names an address that nothing is sent to.
   */
  async upload(address: string, content: Uint8Array): Promise<void> {
    await this.#requests.upload(this.#named(address, 'POST /instance', 'upload_url'), content)
  }

  /** Has an artifact judged whose bytes are there. */
  async start(id: string): Promise<Instance> {
    const body = { community: this.#options.community }
    return this.#requests.one(instanceResult, { method: 'PUT', path: '/instance', query: { id }, body })
  }

  /** A submission as it stands. @throws ServiceRefusedError with status 404 for one that is not there. */
  async submission(id: string): Promise<Instance> {
    return this.#requests.one(instanceResult, { method: 'GET', path: `${this.#submissions}/${id}` })
  }

  /**
   * Has an artifact judged again, by its hash or by an earlier submission. Not tried again by itself: where only the answer
   * was lost, it would be paid for twice.
   */
  async rescan(what: { id: string } | { hash: string }): Promise<Instance> {
    const base = `${this.#submissions}/rescan`
    const path = 'id' in what ? `${base}/${what.id}` : `${base}/${typeOf(what.hash)}/${what.hash}`
    return this.#requests.once(instanceResult, { method: 'POST', path, body: '' })
  }

  /** Contests a verdict. Not tried again by itself, as {@link rescan} is not. */
  async dispute(id: string, reason: string): Promise<Instance> {
    const request = { method: 'POST', path: '/instance/dispute', query: { id }, body: { reason } } as const
    return this.#requests.once(instanceResult, request)
  }

  /** Deletes a submission that is over. */
  async delete(id: string): Promise<void> {
    await this.#requests.one(z.null(), { method: 'DELETE', path: '/instance', query: { id } })
  }

  /** The latest submission of each artifact with a hash. */
  withHash(hash: string): AsyncGenerator<Instance> {
    return this.#requests.list(instanceResult, `/search/hash/${typeOf(hash)}`, { hash })
  }

  /** The latest submissions of a URL. */
  withUrl(url: string): AsyncGenerator<Instance> {
    return this.#requests.list(instanceResult, '/search/url', { url })
  }

  /** All submissions of an artifact, the latest first. */
  scansOf(hash: string): AsyncGenerator<Instance> {
    return this.#requests.list(instanceResult, '/search/instances', { hash })
  }

  /** The submissions of the key's account, the latest first. */
  ownSubmissions(): AsyncGenerator<Instance> {
    return this.#requests.list(instanceResult, '/instance/list', {})
  }

  /** Who has answered here. */
  engines(): AsyncGenerator<Engine> {
    return this.#requests.list(engineResult, '/microengines/list', {})
  }

  /** Whose key it is, and what may still be used. */
  async account(): Promise<Account & { communities: string[] }> {
    const path = '/public/accounts'
    const { communities } = await this.#requests.one(whoisResult, { method: 'GET', path: `${path}/whois` })
    return { ...(await this.#requests.one(accountResult, { method: 'GET', path })), communities }
  }

  /** The bytes of an artifact as they come: a zip with the password `infected`, or the artifact itself. */
  async download(what: { id: string } | { hash: string }, raw: boolean, maxBytes: number): Promise<Answer> {
    const [path, query] =
      'id' in what
        ? (['/instance/download', { instance_id: what.id }] as const)
        : ([`/consumer/download/${typeOf(what.hash)}/${what.hash}`, {}] as const)
    return this.#requests.download(path, { ...query, ...(raw && { raw: 'true' }) }, maxBytes)
  }

  /** What was stored in the last minutes and the key's account can see, the oldest first. */
  archivesSince(minutes: number): AsyncGenerator<ArchiveResult> {
    return this.#requests.list(archiveResult, STREAM, { since: String(minutes) })
  }

  /**
   * One of these archives as it comes, asked for without the key.
   *
   * @throws ServiceAnswerError where the service names an address that nothing is fetched from.
   */
  async archive({ uri }: ArchiveResult, maxBytes: number): Promise<Answer> {
    return this.#requests.fetch(this.#named(uri, `GET ${STREAM}`, 'uri'), maxBytes)
  }

  /** An address that the service names. @throws ServiceAnswerError where this command must not speak to it. */
  #named(address: string, route: string, field: string): URL {
    const url = URL.parse(address)
    const { base } = this.#options
    if (!url || !/^https?:$/.test(url.protocol) || (base.protocol === 'https:' && url.protocol === 'http:')) {
      throw new ServiceAnswerError({ route, reason: `its ${field} is no address that can be used` })
    }
    // A service elsewhere that names an address of this machine would have the command speak to what listens here.
    if (isLoopback(url) && !isLoopback(base)) {
      throw new ServiceAnswerError({ route, reason: `its ${field} leads to this machine` })
    }
    return url
  }

  get #submissions(): string {
    return `/consumer/submission/${encodeURIComponent(this.#options.community)}`
  }
}

function typeOf(hash: string): HashType {
  const type = hashTypeOf(hash)
  if (!type) throw new TypeError(`${hash} is no hash`)
  return type
}
