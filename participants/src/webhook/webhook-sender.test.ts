import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ForbiddenAddressError, WebhookDeliveryError, WebhookPausedError } from '../errors.ts'
import { AddressGuard } from './address-guard.ts'
import { WebhookHealth } from './webhook-health.ts'
import { WebhookSecret } from './webhook-secret.ts'
import { WebhookSender, type WebhookSenderOptions } from './webhook-sender.ts'

const secret = new WebhookSecret('qwertyuiop')
const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() }
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** A webhook that answers with what it is told; pings as well. */
async function webhook(statusOf: (event: string, body: string, request: IncomingMessage) => number): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    response.writeHead(statusOf(String(request.headers['x-polyswarm-event']), body, request)).end()
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const senderTo = (url: string, part: Partial<WebhookSenderOptions> = {}) =>
  new WebhookSender({ url, secret, logger, ...part })
const soon = () => AbortSignal.timeout(30_000)
const news = (id = 'one', plainBody?: Buffer) => ({ event: 'report', id, body: Buffer.from('{"a":1}'), plainBody })

describe('a sender to a webhook', () => {
  it('pings before it delivers, signs, and keeps a log and the standing', async () => {
    const seen: string[] = []
    const url = await webhook((event, body, { headers }) => {
      seen.push(event)
      expect(headers['x-polyswarm-signature']).toBe(secret.sign(Buffer.from(body)))
      return 202
    })
    const changed = vi.fn()
    const ended = vi.fn()
    const sender = senderTo(url, { changed, ended })
    expect(sender.state).toBe('pending')
    expect((await sender.deliver(news(), soon())).status).toBe(202)
    expect(seen).toEqual(['ping', 'report'])
    expect(changed.mock.calls).toEqual([[{ isVerified: true, undelivered: 0, unanswered: 0 }, 'verified']])
    expect(sender.deliveries).toMatchObject([{ event: 'report', id: 'one', attempts: 1, outcome: 'delivered' }])
    expect(ended.mock.calls).toEqual([sender.deliveries])
  })

  it('goes on where it stood', async () => {
    const seen: string[] = []
    const url = await webhook((event) => {
      seen.push(event)
      return 200
    })
    const sender = senderTo(url, { standing: { isVerified: true, undelivered: 3, unanswered: 0 } })
    expect(sender.state).toBe('failing')
    await sender.deliver(news(), soon())
    expect([sender.state, seen]).toEqual(['verified', ['report']])
    const paused = senderTo(url, { standing: { isVerified: true, undelivered: 10, unanswered: 0 } })
    await paused.deliver(news(), soon())
    expect(seen).toEqual(['report', 'ping', 'report'])
  })

  it('tries again what was not taken for now, as the same delivery', async () => {
    const ids: unknown[] = []
    const url = await webhook((event, _, { headers }) => {
      if (event === 'ping') return 200
      ids.push(headers['x-polyswarm-delivery'])
      return ids.length < 3 ? 503 : 204
    })
    const sender = senderTo(url)
    await sender.deliver(news('the same'), soon())
    expect(ids).toEqual(['the same', 'the same', 'the same'])
    expect(sender.deliveries).toMatchObject([{ attempts: 3, outcome: 'delivered' }])
  })

  it('leaves out what strangers wrote where that is refused, and holds it against nobody', async () => {
    const bodies: string[] = []
    const url = await webhook((event, body) => {
      if (event === 'ping') return 200
      bodies.push(body)
      return body.includes('evil') ? 400 : 202
    })
    const sender = senderTo(url)
    for (let i = 0; i < 12; i++) {
      const delivery = { event: 'report', id: `${i}`, body: Buffer.from('"evil"'), plainBody: Buffer.from('"plain"') }
      await sender.deliver(delivery, soon())
    }
    expect(bodies).toHaveLength(24)
    expect(sender.state).toBe('verified')
  })

  it.each([401, 404, 410])('does not ask twice where status %i says that it is not about the body', async (status) => {
    let calls = 0
    const url = await webhook((event) => {
      if (event === 'ping') return 200
      calls++
      return status
    })
    await expect(senderTo(url).deliver(news('one', Buffer.from('{}')), soon())).rejects.toThrow(WebhookDeliveryError)
    expect(calls).toBe(1)
  })

  it('pauses one that refuses ten in a row, sends it nothing, and tells why', async () => {
    let calls = 0
    const url = await webhook((event) => {
      if (event === 'ping') return 200
      calls++
      return 400
    })
    const sender = senderTo(url)
    const states: string[] = []
    for (let i = 0; i < 10; i++) {
      await expect(sender.deliver(news(`${i}`), soon())).rejects.toThrow(/refused with status 400/)
      states.push(sender.state)
    }
    expect(states.slice(1, 3)).toEqual(['verified', 'failing'])
    await expect(sender.deliver(news('eleven'), soon())).rejects.toThrow(WebhookPausedError)
    expect(calls).toBe(10)
    expect(sender.deliveries[9]).toMatchObject({ id: '9', outcome: 'refused', reason: expect.stringMatching(/400/) })
  })

  it('sends nothing to an address that may not be reached', async () => {
    let calls = 0
    const url = await webhook(() => {
      calls++
      return 200
    })
    const sender = senderTo(url, { guard: new AddressGuard() })
    await expect(sender.deliver(news(), soon())).rejects.toThrow(WebhookPausedError)
    const known = senderTo(url, {
      guard: new AddressGuard(),
      standing: { isVerified: true, undelivered: 0, unanswered: 0 },
    })
    await expect(known.deliver(news(), soon())).rejects.toThrow(ForbiddenAddressError)
    expect(calls).toBe(0)
  })

  it('stops with its signal, which says nothing about a webhook that has not answered yet', async () => {
    const server = createServer(() => stop.abort(new DOMException('Its time is over.', 'TimeoutError')))
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const stop = new AbortController()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const sender = senderTo(url, { standing: { isVerified: true, undelivered: 0, unanswered: 0 } })
    await expect(sender.deliver(news(), stop.signal)).rejects.toThrow('Its time is over.')
    expect(sender.standing.undelivered).toBe(0)
    expect(sender.deliveries).toMatchObject([{ outcome: 'stopped', attempts: 1 }])
  })

  it('counts what failed until its time was over', async () => {
    const stop = new AbortController()
    let calls = 0
    const url = await webhook(() => {
      if (++calls === 2) stop.abort(new DOMException('Its time is over.', 'TimeoutError'))
      return 503
    })
    const sender = senderTo(url, { standing: { isVerified: true, undelivered: 0, unanswered: 0 } })
    await expect(sender.deliver(news(), stop.signal)).rejects.toThrow('Its time is over.')
    expect(sender.standing.undelivered).toBe(1)
  })

  it('remembers a hundred deliveries, the latest', async () => {
    const sender = senderTo(await webhook(() => 200))
    for (let i = 0; i < 105; i++) await sender.deliver(news(`${i}`), soon())
    expect(sender.deliveries).toHaveLength(100)
    expect(sender.deliveries.at(-1)?.id).toBe('104')
  })
})

describe('the state of a webhook', () => {
  it('comes back after a pause with a ping that is answered', () => {
    let now = 0
    const health = new WebhookHealth(() => now)
    expect([health.state, health.isPingDue, health.isOpen]).toEqual(['pending', true, false])
    health.pinged(true)
    expect([health.state, health.isPingDue, health.isOpen]).toEqual(['verified', false, true])
    for (let i = 0; i < 10; i++) health.undelivered()
    expect([health.state, health.isPingDue, health.isOpen]).toEqual(['paused', false, false])
    now += 60_000
    expect(health.isPingDue).toBe(true)
    health.pinged(false)
    expect(health.isPingDue).toBe(false)
    now += 60_000
    health.pinged(true)
    expect(health.state).toBe('verified')
  })

  it('is never paused by artifacts that it has taken, however many it was silent about', () => {
    const event = fc.constantFrom('delivered', 'answered', 'unanswered')
    fc.assert(
      fc.property(fc.array(event as fc.Arbitrary<'delivered' | 'answered' | 'unanswered'>), (events) => {
        const health = new WebhookHealth(() => 0)
        health.pinged(true)
        for (const each of events) health[each]()
        expect(health.isOpen).toBe(true)
      }),
    )
  })
})
