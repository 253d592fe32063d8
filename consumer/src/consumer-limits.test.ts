import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConsumerOperation, consumerOperations } from '@polyswarm/protocol/consumer'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConsumerClient } from './consumer-client.fixture.ts'
import type { ConsumerService, ConsumerServiceOptions } from './consumer-service.ts'
import { startLoneService } from './lone-service.fixture.ts'
import { ConsumerStore } from './store/consumer-store.ts'
import { testDatabases } from './store/databases.fixture.ts'

/** A service without a market: what it accepts waits. */
let data: string
let service: ConsumerService
/** The database as the operator's commands have it open beside the service. */
let store: ConsumerStore

const PRICE = 100n

/** Address of its database. */
let database: string | undefined

afterEach(async () => {
  await store.close()
  await service.stop()
  await rm(data, { recursive: true })
})

async function start(options: Partial<ConsumerServiceOptions> = {}): Promise<void> {
  service = await startLoneService({ data, database, ...options })
  store = await ConsumerStore.open(data, database)
  await store.setPrice({ reward: PRICE - 10n, fee: 10n })
}

async function restart(options: Partial<ConsumerServiceOptions>): Promise<void> {
  await store.close()
  await service.stop()
  await start(options)
}

async function account(
  name: string,
  limits: { budget?: bigint; submissionsPerHour?: number } = {},
): Promise<ConsumerClient> {
  const { key } = await store.write(async () => {
    const { budget = null, submissionsPerHour = null } = limits
    const { id } = await store.accounts.named(name, { budget, submissionsPerHour }, Date.now())
    return store.accounts.addKey(id, Date.now())
  })
  return new ConsumerClient(service.url, key)
}

async function created(client: ConsumerClient, request: Record<string, unknown> = {}) {
  return (await client.ask('POST', '/instance', { artifact_name: 'X', ...request })).body.result
}

describe.each(await testDatabases())('with $name', ({ fresh }) => {
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'consumer-'))
    database = await fresh()
    await start()
  })

  test('without a key that is good there is nothing to see', async () => {
    for (const key of [undefined, 'psc_wrong', 'Bearer']) {
      const client = new ConsumerClient(service.url, key)
      expect((await client.ask('GET', '/public/accounts')).status).toBe(401)
      expect((await client.ask('POST', '/instance', { artifact_name: 'X' })).status).toBe(401)
    }
    const client = await account('ann')
    expect((await client.ask('GET', '/public/accounts/whois')).body.result.account_name).toBe('ann')
    const [{ id = '' } = {}] = await store.accounts.keys()
    await store.write(() => store.accounts.revoke(id, Date.now()))
    expect((await client.ask('GET', '/public/accounts/whois')).status).toBe(401)
  })

  test('a budget is never exceeded, however many ask at once, and what was accepted survives a restart', async () => {
    const ann = await account('ann', { budget: 3n * PRICE })
    const scans = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const { id, upload_url } = await created(ann)
        await ann.upload(upload_url, `file ${index}`)
        return ann.ask('PUT', `/instance?id=${id}`, {})
      }),
    )
    expect(scans.map(({ status }) => status).sort()).toEqual([200, 200, 200, 402, 402, 402, 402, 402])
    const refused = scans.find(({ status }) => status === 402)
    expect(refused?.body).toMatchObject({ errors: { code: 'BUDGET_EXCEEDED' } })
    const accepted = scans.filter(({ status }) => status === 200).map(({ body }) => body.result.id)
    // Asked again, it is not paid for again.
    for (const id of accepted) expect((await ann.ask('PUT', `/instance?id=${id}`, {})).status).toBe(200)
    await restart({ budget: 4n * PRICE })
    expect(await store.accounts.list()).toMatchObject([{ name: 'ann', spent: 3n * PRICE }])
    expect((await store.submissions.queued('file', false, 10)).map(({ id }) => String(id)).sort()).toEqual(
      accepted.sort(),
    )
    // The service has a budget of its own.
    const bob = await account('bob')
    const states = []
    for (const text of ['one', 'two']) states.push((await bob.scan(text).catch(() => undefined))?.state)
    expect(states).toEqual(['queued', undefined])
    expect(await store.accounts.spentInAll()).toBe(4n * PRICE)
  })

  test('who submits too much is told when to come again', async () => {
    const ann = await account('ann', { submissionsPerHour: 2 })
    await created(ann)
    await created(ann)
    const third = await ann.ask('POST', '/instance', { artifact_name: 'X' })
    expect(third.status).toBe(429)
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ann.ask('GET', '/public/accounts')).body.result.submissions).toMatchObject({ limit: 2, used: 2 })
    await restart({ requestsPerMinute: 2 })
    const bob = await account('bob')
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await bob.ask('GET', '/public/accounts')).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  test('what is private is found by nobody else, and its answer is not shared', async () => {
    const [ann, bob] = [await account('ann'), await account('bob')]
    const mine = await ann.scan('secret', { private: true })
    const hash = mine.sha256
    for (const path of [
      `/consumer/submission/default/${mine.id}`,
      `/search/hash/sha256?hash=${hash}`,
      `/search/instances?hash=${hash}`,
      `/consumer/download/sha256/${hash}`,
      `/instance/download?instance_id=${mine.id}`,
    ]) {
      expect((await bob.ask('GET', path)).status, path).toBe(404)
      expect((await ann.ask('GET', path)).status, path).toBe(200)
    }
    expect((await bob.ask('DELETE', `/instance?id=${mine.id}`)).status).toBe(404)
    expect(await bob.scan('secret')).toMatchObject({ answered_by: null, state: 'queued' })
    expect(await ann.scan('secret', { private: true })).toMatchObject({ answered_by: mine.id })
  })

  test('bytes are taken once, whole, and within limits; what is refused leaves nothing behind', async () => {
    const ann = await account('ann')
    const { id, upload_url } = await created(ann)
    expect((await ann.ask('PUT', `/instance?id=${id}`, {})).status).toBe(409)
    expect((await ann.upload(upload_url, '')).status).toBe(400)
    expect((await ann.upload(upload_url, 'x'.repeat(1_001))).status).toBe(413)
    expect((await ann.upload(upload_url, 'x'.repeat(1_000))).status).toBe(200)
    expect((await ann.upload(upload_url, 'other')).status).toBe(404)
    const url = await created(ann, { artifact_type: 'URL', artifact_name: 'http://example.com/' })
    expect((await ann.upload(url.upload_url, 'javascript:alert(1)')).status).toBe(400)
    expect((await ann.upload(url.upload_url, 'http://example.com/')).status).toBe(200)
    for (let i = 0; i < 9; i++) await ann.upload((await created(ann)).upload_url, `${i}`.repeat(1_000))
    const full = await ann.upload((await created(ann)).upload_url, 'x')
    expect([full.status, full.headers.get('retry-after')]).toEqual([503, '60'])
  })

  test.each([
    ['no name', {}],
    ['a name that is none', { artifact_name: 7 }],
    ['a type that is none', { artifact_name: 'X', artifact_type: 'MAIL' }],
    ['a URL that is none', { artifact_name: 'X', artifact_type: 'URL' }],
    ['another scheme', { artifact_name: 'file:///etc/passwd', artifact_type: 'URL' }],
    ['a list', []],
    ['a null character', { artifact_name: 'a\0b' }],
    ['days that are none', { artifact_name: 'X', expiration_window: -1 }],
  ])('%s is refused in one sentence', async (_what, request) => {
    const { status, body } = await (await account('ann')).ask('POST', '/instance', request)
    expect([status, body.status, body.errors.code]).toEqual([400, 'error', 'CONSUMER_REQUEST'])
    expect(body.result).not.toContain('\n')
  })

  test.each([
    '/instance?id=0',
    '/consumer/submission/default/9999999999999999999',
    '/consumer/submission/default/..%2f..%2fetc',
    '/search/hash/sha512?hash=00',
    '/search/hash/md5?hash=xyz',
    '/search/url',
    '/instance/list?limit=101',
    '/nothing',
  ])('%s is refused, and nothing breaks', async (path) => {
    const { status, body } = await (await account('ann')).ask('GET', path)
    expect([400, 404]).toContain(status)
    expect(body.status).toBe('error')
  })

  test('a page of the web gets nothing', async () => {
    for (const headers of [{ origin: 'https://page.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const response = await fetch(`${service.url}/microengines/list`, { headers: headers as Record<string, string> })
      expect(response.status).toBe(400)
    }
  })

  test('a list is read in pages, none twice', async () => {
    const ann = await account('ann')
    for (let i = 0; i < 5; i++) await created(ann)
    const seen: string[] = []
    let offset = ''
    for (let more = true; more; ) {
      const { body } = await ann.ask('GET', `/instance/list?limit=2${offset}`)
      seen.push(...body.result.map(({ id }: { id: string }) => id))
      more = body.has_more
      offset = `&offset=${body.offset}`
    }
    expect(seen).toHaveLength(5)
    expect(seen).toEqual([...new Set(seen)].sort().reverse())
  })

  test('a feed tells of each change, goes on where it was left, and keeps private what is private', async () => {
    const [ann, bob] = [await account('ann'), await account('bob')]
    const [, other] = await store.accounts.list()
    const { key } = await store.write(() => store.accounts.addKey(other?.id ?? 0, Date.now()))
    const listen = async (after: string, count: number): Promise<{ id: string; instance: string }[]> => {
      const stop = new AbortController()
      const headers = { authorization: key, 'last-event-id': after }
      const { body } = await fetch(`${service.url}/feed`, { headers, signal: stop.signal })
      let text = ''
      for await (const chunk of body ?? []) {
        text += Buffer.from(chunk).toString()
        if ([...text.matchAll(/^id: /gm)].length >= count) break
      }
      stop.abort()
      return [...text.matchAll(/^id: (.*)\nevent: instance\ndata: (.*)\n/gm)].map(([, id = '', told = '']) => {
        return { id, instance: JSON.parse(told).id }
      })
    }
    const first = await bob.scan('one')
    await ann.scan('secret', { private: true })
    const second = await ann.scan('two')
    const told = await listen('0-0', 2)
    expect(told.map(({ instance }) => instance)).toEqual([first.id, second.id])
    expect((await listen(told[0]?.id ?? '', 1)).map(({ instance }) => instance)).toEqual([second.id])
  })

  test('the page, the document and the server have the same routes', async () => {
    const operations: ConsumerOperation[] = Object.values(consumerOperations)
    const page = readFileSync(new URL('../../docs/reference/consumer-api.md', import.meta.url), 'utf8')
    const onPage = [...page.matchAll(/^\| `(\w+ \/\S*)`/gm)].map(([, route]) => route)
    const named = operations.map(({ method, path }) => {
      return `${method} ${path.replace(':hash_type', ':type').replace(/:(\w+)/g, (_, name: string) => name.toUpperCase())}`
    })
    expect(onPage.sort()).toEqual(named.sort())
    const { body } = await (await account('ann')).ask('GET', '/openapi.json')
    const described = Object.values<object>(body.paths).flatMap((path) => Object.keys(path))
    expect(described).toHaveLength(operations.length)
    for (const { method, path } of operations) {
      const filled = path
        .replace(/:hash_type/, 'md5')
        .replace(/:hash/, '0'.repeat(32))
        .replace(/:\w+/g, '1')
      if (filled === '/feed') continue
      const { status, body: answer } = await (await account('ann')).ask(method, filled)
      expect(`${status} ${answer.result}`, `${method} ${path}`).not.toMatch(/no route/)
    }
  })

  test('who has a key makes another and revokes it, of the own account only', async () => {
    const [ann, bob] = [await account('ann'), await account('bob')]
    const keys = async (client: ConsumerClient) => (await client.ask('GET', '/public/accounts/keys')).body.result
    const [first] = await keys(ann)
    expect(first).toMatchObject({ in_use: true })
    const made = (await ann.ask('POST', '/public/accounts/keys')).body.result
    expect(await keys(ann)).toEqual([first, { id: made.id, created: made.created, in_use: false }])
    const other = new ConsumerClient(service.url, made.key)
    expect((await other.ask('GET', '/public/accounts/whois')).body.result.account_name).toBe('ann')
    const path = `/public/accounts/keys?id=${made.id}`
    expect((await bob.ask('DELETE', path)).status).toBe(404)
    expect(await keys(other)).toHaveLength(2)
    expect((await ann.ask('DELETE', path)).status).toBe(200)
    expect((await ann.ask('DELETE', path)).status).toBe(404)
    expect((await other.ask('GET', '/public/accounts/whois')).status).toBe(401)
    // However many ask at once, there are no more than ten.
    const asked = await Promise.all(Array.from({ length: 12 }, () => ann.ask('POST', '/public/accounts/keys')))
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(9)
    expect(asked.find(({ status }) => status !== 200)).toMatchObject({
      status: 409,
      body: { errors: { code: 'TOO_MANY_KEYS' } },
    })
  })

  test('webhooks are an account’s own, lead to public addresses, and never show their secret', async () => {
    const [ann, bob] = [await account('ann'), await account('bob')]
    const settings = { webhook_uri: 'https://example.org/hook', secret: 'a long secret', status: 'disabled' }
    const { body } = await ann.ask('POST', '/notification/webhook', settings)
    expect(body.result).toMatchObject({ webhook_uri: settings.webhook_uri, status: 'disabled', state: 'pending' })
    expect(JSON.stringify(body)).not.toContain(settings.secret)
    const path = `/notification/webhook?id=${body.result.id}`
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect((await bob.ask(method, path, method === 'PUT' ? {} : undefined)).status).toBe(404)
    }
    const changed = await ann.ask('PUT', path, { events: ['instance_settled'] })
    expect(changed.body.result).toEqual({ ...body.result, events: ['instance_settled'] })
    for (const webhook_uri of ['http://10.0.0.1/', 'http://[::1]/', 'file:///etc/passwd', 'https://u:p@example.org/']) {
      const { status } = await ann.ask('POST', '/notification/webhook', { ...settings, webhook_uri })
      expect([400, 403], webhook_uri).toContain(status)
    }
    for (let i = 0; i < 9; i++) await ann.ask('POST', '/notification/webhook', settings)
    expect((await ann.ask('POST', '/notification/webhook', settings)).status).toBe(400)
    expect((await ann.ask('GET', '/notification/webhook/list')).body.result).toHaveLength(10)
    expect((await ann.ask('DELETE', path)).status).toBe(200)
    expect((await ann.ask('GET', path)).status).toBe(404)
  })

  test('a folder is one service at a time, and of one account', async () => {
    await expect(start()).rejects.toThrow(/another service uses it/)
    await store.write(() => store.pinOwner('account 0xa1'))
    await store.write(() => store.pinOwner('account 0xa1'))
    await expect(store.write(() => store.pinOwner('account 0xa2'))).rejects.toThrow(/begun with account 0xa1/)
  })
})
