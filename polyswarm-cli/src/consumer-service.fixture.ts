import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInstanceRequest, type Engine, type Instance, instanceResult } from '@polyswarm/protocol/consumer'

/** What a service does with a request instead of what it should; true where it has answered. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * A consumer service for tests: it speaks the API by its schemas over real sockets, and judges each artifact in as many looks
 * as it is told, malicious where the bytes hold `virus`. It has no market behind it.
 */
export class ConsumerService {
  readonly #server: Server
  readonly #instances = new Map<string, Instance>()
  readonly #contents = new Map<string, Buffer>()
  readonly #looks = new Map<string, number>()
  #next = 7_001
  /** Requests so far, such as `PUT /v3/instance`. */
  readonly requests: string[] = []
  /** Keys that came with them. */
  readonly keys: (string | undefined)[] = []
  /** Looks at a submission before it is judged. */
  looksToJudge = 2
  misbehave: Misbehaviour = () => false
  /** Reason with which submissions fail. */
  failing: string | undefined
  engines: Engine[] = []
  archive: (content: Buffer) => Buffer = (content) => content

  private constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url?.split('?')[0]}`)
      this.keys.push(request.headers.authorization)
      if (this.misbehave(request, response)) return
      this.#answer(request, response).catch((error: Error) => this.refuse(response, 500, error.message))
    })
  }

  static async start(): Promise<ConsumerService> {
    const service = new ConsumerService()
    service.#server.listen(0, '127.0.0.1')
    await once(service.#server, 'listening')
    return service
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v3`
  }

  get instances(): Instance[] {
    return [...this.#instances.values()]
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  answer(response: ServerResponse, body: object): void {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ status: 'OK', ...body }))
  }

  refuse(response: ServerResponse, status: number, result: string, headers: Record<string, string> = {}): void {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ status: 'error', result, errors: null }))
  }

  /** Puts an answer there that was given before. */
  remember(changes: Partial<Instance>): Instance {
    const instance = this.#made({ window_closed: true, state: 'judged', ...changes })
    this.#instances.set(instance.id, instance)
    return instance
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url)
    const path = pathname.replace(/^\/v3/, '')
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    const one = (result: Instance | undefined): void =>
      result
        ? this.answer(response, { result: instanceResult.parse(result) })
        : this.refuse(response, 404, 'no such thing')
    const list = (result: object[]): void => this.answer(response, { result, has_more: false, limit: 100 })
    switch (`${request.method} ${path.split('/').slice(0, 3).join('/')}`) {
      case 'POST /instance': {
        const { artifact_name, artifact_type } = createInstanceRequest.parse(JSON.parse(body.toString()))
        const made = this.#made({ filename: artifact_name.slice(0, 256), type: artifact_type })
        made.upload_url = `${this.url}/upload/${made.id}`
        this.#instances.set(made.id, made)
        return one(made)
      }
      case `PUT /upload/${path.split('/')[2]}`: {
        const instance = this.#instances.get(path.split('/')[2] ?? '')
        if (!instance) return this.refuse(response, 404, 'no such upload')
        const hash = (kind: string): string => createHash(kind).update(body).digest('hex')
        this.#contents.set(instance.id, body)
        const hashes = { sha256: hash('sha256'), sha1: hash('sha1'), md5: hash('md5') }
        Object.assign(instance, hashes, {
          size: body.length,
          mimetype: 'text/plain',
          state: 'stored',
          upload_url: null,
        })
        return this.answer(response, { result: null })
      }
      case 'PUT /instance':
        return one(this.#started(this.#instances.get(searchParams.get('id') ?? '')))
      case 'GET /consumer/submission':
        return one(this.#looked(path.split('/')[4] ?? ''))
      case 'POST /consumer/submission': {
        const subject = path.split('/').at(-1)
        const old = this.instances.find(({ id, sha256 }) => id === subject || sha256 === subject)
        if (!old) return this.refuse(response, 404, 'no such thing')
        const made = this.#made({ ...old, id: undefined, window_closed: false, polyscore: null, assertions: [] })
        this.#instances.set(made.id, made)
        this.#contents.set(made.id, this.#contents.get(old.id) ?? Buffer.of())
        return one(this.#started(made))
      }
      case 'POST /instance/dispute': {
        const old = this.#instances.get(searchParams.get('id') ?? '')
        if (!old) return this.refuse(response, 404, 'no such thing')
        const disputes = { instance: old.id, reason: (JSON.parse(body.toString()) as { reason: string }).reason }
        const made = this.#made({ ...old, id: undefined, window_closed: false, disputes })
        old.disputed_by.push(made.id)
        this.#instances.set(made.id, made)
        return one(this.#started(made))
      }
      case 'DELETE /instance': {
        const id = searchParams.get('id') ?? ''
        if (!this.#instances.delete(id)) return this.refuse(response, 404, `There is no submission ${id}.`)
        return this.answer(response, { result: null })
      }
      case 'GET /search/hash':
      case 'GET /search/instances': {
        const hash = searchParams.get('hash')
        const found = this.instances.filter(({ sha256, sha1, md5 }) => [sha256, sha1, md5].includes(hash)).reverse()
        return list(path === '/search/instances' ? found : found.slice(0, 1))
      }
      case 'GET /search/url':
        return list(this.instances.filter(({ filename }) => filename === searchParams.get('url')).reverse())
      case 'GET /instance/list':
        return list(this.instances.reverse())
      case 'GET /instance/download':
      case 'GET /consumer/download': {
        const subject = searchParams.get('instance_id') ?? path.split('/').at(-1)
        const instance = this.instances.find(({ id, sha256 }) => id === subject || sha256 === subject)
        const content = this.#contents.get(instance?.id ?? '')
        if (!content) return this.refuse(response, 404, 'no such artifact')
        const sent = searchParams.get('raw') === 'true' ? content : this.archive(content)
        response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(sent)
        return
      }
      case 'GET /microengines/list':
        return list(this.engines)
      case 'GET /public/accounts': {
        const account = { account_name: 'me', account_number: '12', account_type: 'user' }
        if (path.endsWith('/whois')) return this.answer(response, { result: { ...account, communities: ['default'] } })
        const budget = { limit: `${10n ** 19n}`, spent: `${4n * 10n ** 18n}`, left: `${6n * 10n ** 18n}` }
        const submissions = { limit: 60, used: 3, resets_in: 1800 }
        const result = { ...account, submissions, budget, price: `${2n * 10n ** 18n}`, features: [] }
        return this.answer(response, { result })
      }
      default:
        return this.refuse(response, 404, 'no such route')
    }
  }

  #started(instance: Instance | undefined): Instance | undefined {
    return instance && Object.assign(instance, { state: 'queued' as const })
  }

  #looked(id: string): Instance | undefined {
    const instance = this.#instances.get(id)
    const looks = (this.#looks.get(id) ?? 0) + 1
    this.#looks.set(id, looks)
    if (!instance || instance.state === 'created' || instance.state === 'stored' || instance.window_closed)
      return instance
    if (this.failing !== undefined) {
      return Object.assign(instance, { state: 'failed', failed: true, failed_reason: this.failing })
    }
    const verdict = this.#contents.get(id)?.includes('virus') ?? false
    const answered = [
      { author: '0xE1', name: 'eicar' },
      { author: '0xE2', name: 'late' },
    ]
    const phase = looks < this.looksToJudge ? ('assertion' as const) : ('vote' as const)
    const bounty = {
      guid: 'g',
      index: 0,
      artifacts: 1,
      phase,
      block: 5,
      expiration: 9,
      reveal_end: 12,
      vote_end: 20,
      answered,
    }
    if (looks < this.looksToJudge) return Object.assign(instance, { state: 'posted', bounty })
    return Object.assign(instance, {
      state: 'judged',
      bounty,
      window_closed: true,
      polyscore: verdict ? 0.97 : 0.03,
      score: {
        probability: verdict ? 0.97 : 0.03,
        low: verdict ? 0.88 : 0.01,
        high: verdict ? 0.99 : 0.2,
        engines: [],
        reasons: [],
      },
      detections: { malicious: verdict ? 1 : 0, benign: verdict ? 0 : 1, total: 1 },
      assertions: [
        {
          author: '0xE1',
          author_name: 'eicar',
          engine: { name: 'eicar', description: null },
          bid: `${10n ** 18n}`,
          mask: true,
          verdict,
          metadata: { malware_family: verdict ? 'EICAR-Test-File' : '' },
        },
      ],
    })
  }

  #made(changes: { [K in keyof Instance]?: Instance[K] | undefined }): Instance {
    const id = changes.id ?? String(this.#next++)
    return {
      artifact_id: id,
      type: 'FILE',
      filename: 'x',
      community: 'default',
      country: '',
      created: new Date().toISOString(),
      sha256: null,
      sha1: null,
      md5: null,
      size: null,
      mimetype: null,
      extended_type: null,
      first_seen: null,
      last_scanned: null,
      last_seen: null,
      upload_url: null,
      failed: false,
      failed_reason: null,
      window_closed: false,
      result: null,
      polyscore: null,
      detections: null,
      assertions: [],
      votes: [],
      metadata: [],
      permalink: null,
      state: 'created',
      bounty: null,
      score: null,
      truth: null,
      families: null,
      cost: null,
      private: false,
      expires: null,
      answered_by: null,
      disputes: null,
      disputed_by: [],
      ...(changes as Partial<Instance>),
      id,
    }
  }
}
