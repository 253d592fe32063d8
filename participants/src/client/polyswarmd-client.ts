import type { Readable } from 'node:stream'
import {
  type ArtifactList,
  type AssertionResult,
  type BountyParameters,
  type BountyResult,
  type BountyTerms,
  type ClaimList,
  type ContractsResult,
  type DueList,
  envelope,
  type Guid,
  MAX_OPENINGS_TOGETHER,
  type MarketCall,
  type OpeningList,
  type OpeningResult,
  type OutcomeList,
  type openingRequest,
  parseJson,
  type QuoteResult,
  type SentTransaction,
  type SettlementResult,
  type StakingParameters,
  type StakingStanding,
  type StatementPage,
  type StatusResult,
  stringifyJson,
  type TransactionEvents,
  type VoteResult,
} from '@polyswarm/protocol'
import { type PathVariables, pathOf, type Route, routes } from '@polyswarm/protocol/routes'
import { CID } from 'multiformats/cid'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import { type ArchiveLimits, VerifiedArchive } from '../car/verified-archive.js'
import {
  AnswerTooLargeError,
  ApiKeyOverHttpError,
  GatewayAnswerError,
  GatewayRefusedError,
  GatewayUnavailableError,
} from '../errors.js'
import { Gathered } from './gathered.js'
import { type HttpAnswer, type HttpRequest, HttpTransport } from './http-transport.js'
import { type RetryPolicy, withRetries } from './retry.js'

/** The chains a polyswarmd can serve. */
export type ChainName = 'home' | 'side'

/** How to reach a polyswarmd, and as whom. */
export interface PolyswarmdClientOptions {
  /** From `parseGatewayUrl`. */
  url: URL
  /** Who asks: the participant's own account. */
  account: Address
  chain: ChainName
  apiKey?: string | undefined
  /** Lets the API key travel over http to a host that is not this machine. */
  allowKeyOverHttp?: boolean
  /** Milliseconds until a request is given up; 15,000 by default. */
  timeout?: number
  retry?: RetryPolicy
}

/** A part of a list of what is due. */
export interface DuePage {
  /** From the page before; 0 for the first. */
  after: number
  /** Only on bounties of this account. */
  author?: Address | undefined
}

type Call = Omit<HttpRequest, 'maxBytes' | 'timeout' | 'path'> & {
  path: string
  maxBytes?: number
  timeout?: number
  retry?: RetryPolicy
}

/** What is asked of a route. */
interface Question extends Pick<Call, 'query' | 'timeout' | 'retry'> {
  body?: unknown
}

/** An opening that is to be handed over, and the same as JSON with its bounty. */
interface HandedOpening {
  guid: Guid
  opening: z.input<typeof openingRequest>
  text: string
  signal?: AbortSignal | undefined
}

/** With what stands for the variables of its path, where it has any. */
type QuestionOf<Path extends string> = Question &
  (unknown extends PathVariables<Path> ? { path?: undefined } : { path: PathVariables<Path> })

const BALANCES = {
  nct: routes.nctBalance,
  eth: routes.ethBalance,
  'staking/total': routes.totalStake,
  'staking/withdrawable': routes.withdrawableStake,
}

/** Milliseconds: what every transaction of a block, or a reveal, waits for must not be waited for long. */
const URGENT_TIMEOUT = 5_000
/** Characters of openings that go with one request; a longer one goes alone. */
const HANDED_OVER_LENGTH = 128 * 1024
const JSON_LIMIT = 16 * 1024 * 1024
const DEFAULT_RETRY: RetryPolicy = { tries: 4, firstDelay: 200, maxDelay: 5_000 }
const ONCE: RetryPolicy = { tries: 1, firstDelay: 0, maxDelay: 0 }
/** Whoever cannot hand over reveals by itself, which must not be put off. */
const TWICE: RetryPolicy = { tries: 2, firstDelay: 200, maxDelay: 1_000 }

const ARCHIVE = 'application/vnd.ipld.car'

/** Depth first, each block where it is needed, so that none has to be kept; or else the list, as older daemons send it. */
const ARCHIVE_FIRST = `${ARCHIVE}; version=1; order=dfs; dups=y, application/json; q=0.5`

/** Milliseconds until the beginning, and then each part, of an archive. */
const ARCHIVE_SILENCE_MS = 30_000

const nested = z.object({ errors: z.array(z.string()) })

/**
 * The REST side of a polyswarmd, as one account on one chain. Every answer is checked against the API's schemas before
 * anything is made of it; what can pass (no connection, 429, 5xx) is tried again.
 *
 * All methods throw GatewayUnavailableError, GatewayRefusedError and GatewayAnswerError.
 */
export class PolyswarmdClient {
  readonly account: Address
  readonly chain: ChainName
  readonly url: URL
  readonly #transport: HttpTransport
  readonly #timeout: number
  readonly #retry: RetryPolicy
  readonly #handOvers = new Gathered<HandedOpening, OpeningResult>(
    (openings) => this.#handOverAll(openings),
    (openings) => {
      let length = 0
      const over = openings.findIndex(({ text }) => {
        length += text.length
        return length > HANDED_OVER_LENGTH
      })
      return Math.min(over < 0 ? openings.length : over, MAX_OPENINGS_TOGETHER)
    },
  )

  /** @throws ApiKeyOverHttpError for a key that would travel unencrypted to another machine. */
  constructor({ url, account, chain, apiKey, allowKeyOverHttp, timeout, retry }: PolyswarmdClientOptions) {
    if (apiKey && !isPrivate(url) && !allowKeyOverHttp) throw new ApiKeyOverHttpError({ url: url.origin })
    this.account = account
    this.chain = chain
    this.url = url
    this.#transport = new HttpTransport(url, apiKey ? { authorization: apiKey } : {})
    this.#timeout = timeout ?? 15_000
    this.#retry = retry ?? DEFAULT_RETRY
  }

  /** Closes the client's connections. */
  close(): void {
    this.#transport.close()
  }

  /** What the daemon says of itself and its chains. */
  async status(signal?: AbortSignal): Promise<StatusResult> {
    return this.#ask(routes.status, {}, signal)
  }

  /** The contracts of this chain. */
  async contracts(signal?: AbortSignal): Promise<ContractsResult> {
    return this.#ask(routes.contracts, {}, signal)
  }

  /** Fees, limits and windows that hold for a bounty posted now. */
  async bountyParameters(signal?: AbortSignal): Promise<BountyParameters> {
    return this.#ask(routes.bountyParameters, {}, signal)
  }

  /** Limits of an arbiter's stake. */
  async stakingParameters(signal?: AbortSignal): Promise<StakingParameters> {
    return this.#ask(routes.stakingParameters, {}, signal)
  }

  /** How the contract sees this account as an arbiter. */
  async arbiterStanding(signal?: AbortSignal): Promise<StakingStanding> {
    return this.#ask(routes.stakingStanding, {}, signal)
  }

  /** How many transactions of this account are mined: its next nonce, what is still pending aside. */
  async nonce(signal?: AbortSignal): Promise<number> {
    return this.#ask(routes.nonce, { query: { ignore_pending: ' ' } }, signal)
  }

  /**
   * What it takes to sign now: chain id, newest block, nonce and gas price; and the gas of calls, or why they would fail.
   * Asked once: whoever needs it asks again with the next block.
   */
  async quote(calls: readonly MarketCall[], signal?: AbortSignal): Promise<QuoteResult> {
    return this.#ask(routes.quote, { body: { calls }, timeout: URGENT_TIMEOUT, retry: ONCE }, signal)
  }

  /** What the relay of this chain keeps of each payment, in base units. */
  async relayFees(signal?: AbortSignal): Promise<bigint> {
    return (await this.#ask(routes.relayFees, {}, signal)).fees
  }

  /** Whether the relay of this chain has paid what a transaction sent to the relay of the other chain. */
  async isRelayed(transaction: Hex, signal?: AbortSignal): Promise<boolean> {
    return (await this.#ask(routes.relayPayment, { path: { transaction } }, signal)).paid
  }

  /** A balance of this account, in base units. */
  async balance(kind: keyof typeof BALANCES, signal?: AbortSignal): Promise<bigint> {
    return BigInt(await this.#ask(BALANCES[kind], { path: { address: this.account } }, signal))
  }

  /** A page of what came into this account and went out of it. Without `to`, it ends with the newest block. */
  async statement({ from, to }: { from: number; to?: number }, signal?: AbortSignal): Promise<StatementPage> {
    const query = { from: String(from), ...(to !== undefined && { to: String(to) }) }
    return this.#ask(routes.statement, { path: { address: this.account }, query }, signal)
  }

  /** A bounty as it stands. */
  async bounty(guid: Guid, signal?: AbortSignal): Promise<BountyResult> {
    return this.#ask(routes.bounty, { path: { guid } }, signal)
  }

  /** What was fixed for a bounty when it was posted. */
  async bountyTerms(guid: Guid, signal?: AbortSignal): Promise<BountyTerms> {
    return this.#ask(routes.bountyTerms, { path: { guid } }, signal)
  }

  /** All assertions on a bounty; the position in the list is the index on chain. */
  async assertions(guid: Guid, signal?: AbortSignal): Promise<AssertionResult[]> {
    return this.#ask(routes.assertions, { path: { guid } }, signal)
  }

  /** All votes on a bounty. */
  async votes(guid: Guid, signal?: AbortSignal): Promise<VoteResult[]> {
    return this.#ask(routes.votes, { path: { guid } }, signal)
  }

  /** Who has settled a bounty, and for how much. */
  async settlements(guid: Guid, signal?: AbortSignal): Promise<SettlementResult[]> {
    return this.#ask(routes.settlements, { path: { guid } }, signal)
  }

  /**
   * What was said and paid on bounties, by their guids, {@link MAX_ASKED_BOUNTIES} at most. Some may be missing: those that the
   * chain does not know, and the last of many that would make the answer too long.
   */
  async outcomes(guids: readonly Guid[], signal?: AbortSignal): Promise<Map<Guid, OutcomeList[number]>> {
    try {
      const outcomes = await this.#ask(routes.outcomeList, { query: { guids: guids.join() } }, signal)
      return new Map(outcomes.map((outcome) => [outcome.guid, outcome]))
    } catch (error) {
      const [first] = guids
      if (!first || !isUnknownRoute(error)) throw error
      const [assertions, votes, settlements] = await Promise.all([
        this.assertions(first, signal),
        this.votes(first, signal),
        this.settlements(first, signal),
      ])
      return new Map([[first, { guid: first, assertions, votes, settlements }]])
    }
  }

  /** Hands the opening of a sealed assertion over to keepers, together with others that are handed over at the time. */
  async handOver(guid: Guid, opening: z.input<typeof openingRequest>, signal?: AbortSignal): Promise<OpeningResult> {
    return this.#handOvers.add({ guid, opening, text: stringifyJson({ bounty_guid: guid, ...opening }), signal })
  }

  /** The first pages of openings that are to be revealed and of accounts that are to be settled for. */
  async due({ author }: Pick<DuePage, 'author'>, signal?: AbortSignal): Promise<DueList> {
    return this.#ask(routes.dueList, { query: queryOf({ after: 0, author }) }, signal)
  }

  /** A page of openings that are to be revealed. */
  async openings(page: DuePage, signal?: AbortSignal): Promise<OpeningList> {
    return this.#ask(routes.openingList, { query: queryOf(page) }, signal)
  }

  /** A page of accounts that are to be settled for. */
  async claims(page: DuePage, signal?: AbortSignal): Promise<ClaimList> {
    return this.#ask(routes.claimList, { query: queryOf(page) }, signal)
  }

  /** The filter that was posted with a bounty. */
  async bloom(guid: Guid, signal?: AbortSignal): Promise<bigint[]> {
    return (await this.#ask(routes.bloom, { path: { guid } }, signal)).bloom
  }

  /** Names and content addresses of the artifacts behind a URI, in artifact order. */
  async artifacts(uri: string, signal?: AbortSignal): Promise<ArtifactList> {
    // The original had its routes with a slash at the end.
    const call: Call = { method: 'GET', path: `${pathOf(routes.artifacts, { uri })}/`, signal }
    return this.#read(call, await this.#send(call), routes.artifacts.result)
  }

  /** The bytes of one artifact, unverified: see `ArtifactSource` for what may be scanned. */
  async artifact(uri: string, index: number, limit: { maxBytes: number; signal?: AbortSignal }): Promise<Buffer> {
    const path = `${pathOf(routes.artifact, { uri, index })}/`
    const call: Call = { method: 'GET', path, maxBytes: limit.maxBytes, timeout: 60_000, signal: limit.signal }
    const answer = await this.#send(call)
    if (answer.status === 200) return answer.body
    this.#read(call, answer, z.never())
    throw new GatewayAnswerError({ route: path, reason: `status ${answer.status}` })
  }

  /**
   * All artifacts of a bounty with one request: an archive of which every block is verified as it comes. What is not asked
   * for ends with the archive, so close it or read it to its end.
   *
   * @returns the list of the artifacts instead, where this polyswarmd has no archives.
   * @throws what VerifiedArchive throws, besides.
   */
  async bountyArtifacts(
    uri: string,
    limits: ArchiveLimits,
    signal?: AbortSignal,
  ): Promise<{ archive: VerifiedArchive } | { list: ArtifactList }> {
    const path = `${pathOf(routes.artifacts, { uri })}/`
    const wanted = limits.wanted && limits.wanted.size > 0 ? { artifacts: [...limits.wanted].join() } : {}
    const query = { account: this.account, chain: this.chain, ...wanted }
    return withRetries(
      async () => {
        const timeout = ARCHIVE_SILENCE_MS
        const call = { method: 'GET', path, query, accept: ARCHIVE_FIRST, timeout, signal } as const
        const answer = await this.#transport.stream(call)
        const { status, contentType, body, retryAfter } = answer
        if (status === 200 && contentType.startsWith(ARCHIVE)) {
          return { archive: await VerifiedArchive.open(body, CID.parse(uri), limits) }
        }
        const whole = { status, retryAfter, body: await wholeOf(body, path) }
        if (status === 429 || status >= 500) throw this.#unavailable(whole)
        return { list: this.#read({ path }, whole, routes.artifacts.result) }
      },
      this.#retry,
      signal,
    )
  }

  /** Uploads a form of `file` parts; the result is the content address of the directory that holds them. */
  async uploadArtifacts(form: () => { contentType: string; content: Readable }, signal?: AbortSignal): Promise<string> {
    const { result } = routes.uploadArtifacts
    const path = `${routes.uploadArtifacts.path}/`
    return withRetries(
      async () => {
        const call: Call = { method: 'POST', path, body: form(), timeout: 300_000, retry: ONCE, signal }
        return this.#read(call, await this.#send(call), result)
      },
      this.#retry,
      signal,
    )
  }

  /** Stores a metadata document; the result is its content address as the daemon says. */
  async uploadMetadata(document: readonly unknown[], signal?: AbortSignal): Promise<string> {
    return this.#ask(routes.storeMetadata, { body: document }, signal)
  }

  /** Sends signed transactions, in order. One entry each: the node's hash, or its refusal. */
  async sendTransactions(raw: readonly Hex[], signal?: AbortSignal): Promise<SentTransaction[]> {
    const { path, result } = routes.sendTransactions
    const body = json({ transactions: raw.map((hex) => hex.slice(2)) })
    const answer = await this.#send({ method: 'POST', path, body, signal })
    const text = readJson(path, answer)
    const failed = z.object({ status: z.literal('FAIL'), errors: result }).safeParse(text)
    if (failed.success) return failed.data.errors
    return this.#read({ path }, answer, result)
  }

  /**
   * The events of mined transactions, and for those that failed or are not mined, why, in `errors`. Answers at once: what
   * is not mined now is asked for again later.
   */
  async transactionEvents(hashes: readonly Hex[], signal?: AbortSignal): Promise<TransactionEvents> {
    const { path, result } = routes.transactionEvents
    const body = json({ transactions: hashes })
    const answer = await this.#send({ method: 'GET', path, body, query: { wait: '0' }, signal })
    const text = readJson(path, answer)
    const failed = z.object({ status: z.literal('FAIL'), errors: nested.loose() }).safeParse(text)
    if (!failed.success) return this.#read({ path }, answer, result)
    return parsed(path, result, failed.data.errors)
  }

  async #handOverAll(openings: readonly HandedOpening[]): Promise<PromiseSettledResult<OpeningResult>[]> {
    const { method, path, result } = routes.handOverAll
    const content = `{"openings":[${openings.map(({ text }) => text).join()}]}`
    const body = { contentType: 'application/json', content }
    const [first] = openings
    const call: Call = { method, path, body, timeout: URGENT_TIMEOUT, retry: TWICE, signal: first?.signal }
    try {
      const results = this.#read(call, await this.#send(call), result)
      if (results.length !== openings.length) {
        const reason = `${results.length} results for ${openings.length} openings`
        throw new GatewayAnswerError({ route: path, reason })
      }
      return results.map((each) =>
        'refused' in each
          ? { status: 'rejected', reason: new GatewayRefusedError({ route: path, status: 400, errors: each.refused }) }
          : { status: 'fulfilled', value: each },
      )
    } catch (error) {
      if (!isUnknownRoute(error)) throw error
      return Promise.allSettled(
        openings.map(({ guid, opening: body, signal }) => this.#ask(routes.handOver, { path: { guid }, body }, signal)),
      )
    }
  }

  async #ask<Path extends string, Result extends z.ZodType>(
    route: Route<Path, Result>,
    question: QuestionOf<Path>,
    signal?: AbortSignal,
  ): Promise<z.output<Result>> {
    const { path: variables, body, ...rest } = question as Question & { path?: PathVariables<Path> }
    const path = pathOf(route, (variables ?? {}) as PathVariables<Path>)
    const call: Call = { ...rest, method: route.method, path, signal, ...(body !== undefined && { body: json(body) }) }
    return this.#read(call, await this.#send(call), route.result)
  }

  async #send(call: Call): Promise<HttpAnswer> {
    const { maxBytes = JSON_LIMIT, timeout = this.#timeout, retry = this.#retry, ...request } = call
    const query = { account: this.account, chain: this.chain, ...call.query }
    return withRetries(
      async () => {
        const answer = await this.#transport.send({ ...request, query, maxBytes, timeout })
        if (answer.status === 429 || answer.status >= 500) throw this.#unavailable(answer)
        return answer
      },
      retry,
      call.signal,
    )
  }

  #read<T extends z.ZodType>({ path }: Pick<Call, 'path'>, answer: HttpAnswer, schema: T): z.output<T> {
    const body = readJson(path, answer)
    if (answer.status === 404 && !envelope.safeParse(body).success) {
      throw new GatewayRefusedError({ route: path, status: 404, errors: 'no such route' })
    }
    const result = parsed(path, envelope, body)
    if (result.status === 'FAIL') {
      throw new GatewayRefusedError({ route: path, status: answer.status, errors: result.errors })
    }
    return parsed(path, schema, result.result)
  }

  #unavailable({ status, retryAfter, body }: HttpAnswer): GatewayUnavailableError {
    const text = body.toString('utf8').slice(0, 200)
    return new GatewayUnavailableError({ url: this.url.origin, reason: `status ${status} ${text}`, retryAfter })
  }
}

function queryOf({ after, author }: DuePage): Record<string, string> {
  return { after: String(after), limit: '100', ...(author !== undefined && { author }) }
}

/** Whether a daemon is older than a route that asks about many; it knows the routes that ask about each. */
function isUnknownRoute(error: unknown): boolean {
  return error instanceof GatewayRefusedError && error.status === 404
}

/** Whether nobody between here and there can read along. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

function json(content: unknown): { contentType: string; content: string } {
  return { contentType: 'application/json', content: stringifyJson(content) }
}

/** What comes instead of an archive, which is never long. */
async function wholeOf(body: AsyncIterable<Uint8Array>, route: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > JSON_LIMIT) throw new AnswerTooLargeError({ route, limit: JSON_LIMIT })
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function readJson(route: string, { body, status }: HttpAnswer): unknown {
  try {
    return parseJson(body.toString('utf8'))
  } catch (cause) {
    throw new GatewayAnswerError({ route, reason: `status ${status} without JSON`, cause })
  }
}

function parsed<T extends z.ZodType>(route: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const reason = issue ? `${issue.path.join('.') || 'the answer'}: ${issue.message}` : 'it does not match its schema'
  throw new GatewayAnswerError({ route, reason, cause: result.error })
}
