import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { webhookNotification } from '@polyswarm/protocol/consumer'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { instanceView } from '../api/instance-view.ts'
import { ConsumerStore } from '../store/consumer-store.ts'
import { testDatabases } from '../store/databases.fixture.ts'
import { Notifier } from './notifier.ts'

const SECRET = 'a secret of a customer'

/** What a webhook got, besides pings. */
interface Told {
  event: string
  id: string
  delivery: string
}

describe.each(await testDatabases())('with $name', ({ fresh }) => {
  let directory: string
  let store: ConsumerStore
  let server: Server
  let told: Told[]
  /** What it is answered; 0 answers nothing. */
  let statusOf: (told: Told) => number
  let heard: () => void
  let stop: AbortController

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'notifier-'))
    store = await ConsumerStore.open(directory, await fresh())
    told = []
    statusOf = () => 204
    heard = () => undefined
    stop = new AbortController()
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      const signature = createHmac('sha256', SECRET).update(body).digest('hex')
      if (request.headers['x-polyswarm-signature'] !== signature) return void response.writeHead(401).end()
      if (request.headers['x-polyswarm-event'] === 'ping') return void response.writeHead(204).end()
      const { event, instance } = webhookNotification.parse(JSON.parse(body.toString()))
      const one = { event, id: instance.id, delivery: String(request.headers['x-polyswarm-delivery']) }
      const status = statusOf(one)
      if (status > 0) response.writeHead(status).end()
      told.push(one)
      heard()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterEach(async () => {
    stop.abort()
    server.closeAllConnections()
    server.close()
    await store.close()
    await rm(directory, { recursive: true })
  })

  const notifier = (): Notifier => {
    const view = { store, nameOf: (address: string) => address, health: { trouble: null, block: 0 } }
    return new Notifier({
      ...{ store, allowedAddresses: ['127.0.0.1'], logger: pino({ level: 'silent' }), signal: stop.signal },
      view: (submission) => instanceView(submission, view, () => ''),
    })
  }
  const account = async (name: string) =>
    (await store.write(() => store.accounts.named(name, { budget: null, submissionsPerHour: null }, 1))).id
  const webhook = (of: number, events: string[] = []) =>
    store.write(async () => {
      const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const settings = { uri, secret: SECRET, enabled: true, events }
      return store.webhooks.add(of, settings, await store.submissions.newestChange(), 1)
    })
  const submitted = (of: number) =>
    store.write(() => {
      const given = { type: 'file' as const, name: 'X', community: '', private: true, fresh: false, password: null }
      return store.submissions.add({ ...given, account: of }, 1)
    })
  const failed = async (of: number) => {
    const { id } = await submitted(of)
    await store.write(() => store.submissions.setFailed(id, 'it went wrong'))
    return String(id)
  }
  const toldOf = async (count: number): Promise<Told[]> => {
    while (told.length < count) {
      await new Promise<void>((resolve) => {
        heard = resolve
      })
    }
    return told
  }

  test('an account is told of what became of its submissions, signed, in order, and of nobody else’s', async () => {
    const [ann, bob] = [await account('ann'), await account('bob')]
    await failed(ann)
    await webhook(ann)
    await failed(bob)
    await submitted(ann)
    const ids = [await failed(ann), await failed(ann)]
    notifier().wake()
    expect(await toldOf(2)).toEqual(ids.map((id) => ({ event: 'instance_failed', id, delivery: `${id}-failed` })))
  })

  test('what one does not take is told again by the next service, and nothing twice that was taken', async () => {
    const ann = await account('ann')
    await webhook(ann)
    const ids = [await failed(ann), await failed(ann), await failed(ann)]
    // The service ends while the second is being delivered.
    statusOf = ({ id }) => (id === ids[1] && told.length === 1 ? 500 : 204)
    notifier().wake()
    await toldOf(2)
    stop.abort()
    stop = new AbortController()
    notifier().wake()
    const all = (await toldOf(4)).map(({ id }) => id)
    expect(all.slice(0, 2)).toEqual(ids.slice(0, 2))
    expect([...new Set(all)]).toEqual(ids)
    expect(all.filter((id) => id === ids[0])).toHaveLength(1)
  })

  test('what a webhook refuses for good does not keep it from the rest, nor do events that it did not ask for', async () => {
    const ann = await account('ann')
    const hook = await webhook(ann, ['instance_failed', 'sandbox_done'])
    const ids = [await failed(ann), await failed(ann)]
    statusOf = ({ id }) => (id === ids[0] ? 400 : 204)
    const telling = notifier()
    telling.wake()
    expect((await toldOf(2)).map(({ id }) => id)).toEqual(ids)
    await expect
      .poll(() => telling.deliveriesOf(hook))
      .toMatchObject([
        {
          event: 'instance_failed',
          id: `${ids[0]}-failed`,
          outcome: 'refused',
          attempts: 1,
          reason: expect.anything(),
        },
        { event: 'instance_failed', id: `${ids[1]}-failed`, outcome: 'delivered', attempts: 1 },
      ])
  })

  test('while one takes long to answer, the others are told, and are not looked at again and again', async () => {
    const [ann, bob] = [await account('ann'), await account('bob')]
    await webhook(ann)
    await webhook(bob)
    const slow = await failed(ann)
    statusOf = ({ id }) => (id === slow ? 0 : 204)
    const looks = vi.spyOn(store.webhooks, 'enabled')
    const telling = notifier()
    telling.wake()
    await toldOf(1)
    const quick = await failed(bob)
    telling.wake()
    expect((await toldOf(2)).map(({ id }) => id)).toEqual([slow, quick])
    const before = looks.mock.calls.length
    for (let turn = 0; turn < 200; turn++) {
      await nextTurn()
      await store.submissions.newestChange()
    }
    expect(looks.mock.calls.length).toBe(before)
  })
})
