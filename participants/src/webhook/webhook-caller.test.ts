import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseJson } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { eicarBackend } from '../backends/eicar/eicar-backend.ts'
import { Microengine } from '../microengine/microengine.ts'
import { AddressGuard } from './address-guard.ts'
import { WebhookCaller } from './webhook-caller.ts'
import { WebhookSecret } from './webhook-secret.ts'
import { WebhookService } from './webhook-service.ts'
import { WebhookWork } from './webhook-work.ts'

const secret = new WebhookSecret('qwertyuiop')
const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() }
const range = { minimum: 1_000n, maximum: 2_000n }
const ends: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function caller(url: string, part: Partial<ConstructorParameters<typeof WebhookCaller>[0]> = {}) {
  const made = new WebhookCaller({
    ...{ url, secret, range, logger, phase: 'assertion' },
    listen: { host: '127.0.0.1', port: 0 },
    timeLimit: 30_000,
    ...part,
  })
  await made.start()
  ends.push(async () => made.stop())
  return made
}

const artifact = (content: Uint8Array = eicarTestFile()) => ({
  ...{ content, artifactType: 'file' as const, metadata: { mimetype: 'text/plain' } },
  signal: AbortSignal.timeout(60_000),
})

/** What a webhook of somebody else gets to see of a bounty. */
interface Seen {
  headers: IncomingHttpHeaders
  body: string
  bounty: Record<string, string>
}

/** A webhook that does with bounties as it is told. */
async function webhook(act: (seen: Seen, times: number) => Promise<number> | number): Promise<string> {
  let times = 0
  const server: Server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const { headers } = request
    if (headers['x-polyswarm-event'] === 'ping') return void response.end()
    const bounty = parseJson(body) as Seen['bounty']
    response.writeHead(await act({ headers, body, bounty }, ++times)).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(async () => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const answer = async ({ bounty }: Seen, said: unknown): Promise<number> =>
  (
    await fetch(bounty.response_url ?? '', {
      method: 'POST',
      body: typeof said === 'string' ? said : JSON.stringify(said),
    })
  ).status

const malicious = { verdict: 'malicious', bid: 1_500, metadata: { malware_family: 'Own' } }

describe('an engine that calls a webhook', () => {
  let own: WebhookService
  let work: WebhookWork
  beforeEach(async () => {
    const engine = new Microengine({ name: 'own', backends: [eicarBackend()] })
    const guard = new AddressGuard(['127.0.0.1'])
    work = new WebhookWork({ engine, strategy: 'default', guard, maxArtifactSize: 100_000, concurrency: 4, logger })
    own = await WebhookService.start({ secret, host: '127.0.0.1', port: 0, accept: (bounty) => work.accept(bounty) })
    ends.push(() => Promise.all([own.stop(), work.idle()]))
  })

  it('gets the verdict of one of our own', async () => {
    const calling = await caller(own.url)
    expect(calling.state).toBe('verified')
    expect(await calling.judge(artifact())).toMatchObject({ outcome: 'malicious', confidence: 1 })
    const benign = await calling.judge(artifact(Buffer.from('a letter')))
    expect(benign.outcome).not.toBe('malicious')
  })

  it('gets nothing from one that has another secret', async () => {
    const calling = await caller(own.url, { secret: new WebhookSecret('another') })
    expect(calling.state).toBe('pending')
    await expect(calling.judge(artifact())).rejects.toThrow(/pending/)
  })

  it('signs, serves the artifact, and takes the first valid answer, once', async () => {
    const seen: Seen[] = []
    const later: number[] = []
    const url = await webhook(async (what) => {
      seen.push(what)
      const fetched = await fetch(what.bounty.artifact_uri ?? '')
      expect(Buffer.from(await fetched.arrayBuffer())).toEqual(Buffer.from(eicarTestFile()))
      expect(await answer(what, 'no JSON')).toBe(400)
      expect(await answer(what, { ...malicious, bid: 2_001 })).toBe(400)
      expect(await answer(what, { verdict: 'evil' })).toBe(400)
      expect(await answer(what, malicious)).toBe(200)
      later.push(await answer(what, { ...malicious, verdict: 'benign' }))
      return 202
    })
    const finding = await (await caller(url)).judge(artifact())
    expect(finding).toMatchObject({ outcome: 'malicious', confidence: 0.5, family: 'Own' })
    await vi.waitFor(() => expect(later).toEqual([404]), { timeout: 20_000 })
    const [first] = seen
    expect(first?.headers['x-polyswarm-signature']).toBe(secret.sign(Buffer.from(first?.body ?? '')))
    expect(first?.bounty).toMatchObject({
      ...{ artifact_type: 'FILE', phase: 'assertion', mimetype: 'text/plain' },
      rules: { min_allowed_bid: 1_000, max_allowed_bid: 2_000 },
    })
    expect((await fetch(first?.bounty.artifact_uri ?? '')).status).toBe(404)
  })

  it('delivers again, as the same delivery, until it is taken', async () => {
    const ids = new Set<unknown>()
    const url = await webhook(async (seen, times) => {
      ids.add(seen.headers['x-polyswarm-delivery'])
      ids.add(seen.bounty.id)
      if (times < 3) return 503
      expect(await answer(seen, malicious)).toBe(200)
      return 202
    })
    expect(await (await caller(url)).judge(artifact())).toMatchObject({ outcome: 'malicious' })
    expect(ids.size).toBe(1)
  })

  it('has no finding of one that is silent, and closes its addresses with its time', async () => {
    let late: Seen | undefined
    const url = await webhook((seen) => {
      late = seen
      return 202
    })
    await expect((await caller(url, { timeLimit: 300 })).judge(artifact())).rejects.toThrow(/in time/)
    if (!late) throw new Error('It was not called.')
    expect(await answer(late, malicious)).toBe(404)
    expect((await fetch(late.bounty.artifact_uri ?? '')).status).toBe(404)
  })

  it('has no finding of one that refuses, and leaves it alone after ten times', async () => {
    let calls = 0
    const url = await webhook(() => {
      calls++
      return 400
    })
    const calling = await caller(url)
    const states: string[] = []
    for (let i = 0; i < 12; i++) {
      await expect(calling.judge(artifact())).rejects.toThrow()
      states.push(calling.state)
    }
    expect(states.slice(1, 3)).toEqual(['verified', 'failing'])
    expect(states[9]).toBe('paused')
    // Each of the ten was sent again without what the ambassador says of the artifact.
    expect(calls).toBe(20)
  })

  it('is not kept from its work by ambassadors that say of artifacts what the webhook refuses', async () => {
    const url = await webhook(async (seen) => {
      if (seen.bounty.mimetype !== undefined || seen.body.includes('evil')) return 400
      expect(await answer(seen, malicious)).toBe(200)
      return 202
    })
    const calling = await caller(url)
    for (let i = 0; i < 12; i++) {
      const asked = { ...artifact(), metadata: { mimetype: 'text/plain', name: 'evil' } }
      expect(await calling.judge(asked)).toMatchObject({ outcome: 'malicious' })
    }
    expect(calling.state).toBe('verified')
  })

  it('is not kept from its work by artifacts that the webhook takes and never answers', async () => {
    const url = await webhook(async (seen) => {
      const content = await (await fetch(seen.bounty.artifact_uri ?? '')).text()
      if (content !== 'endless') await answer(seen, malicious)
      return 202
    })
    const calling = await caller(url)
    for (let i = 0; i < 12; i++) {
      const signal = AbortSignal.timeout(100)
      await expect(calling.judge({ ...artifact(Buffer.from('endless')), signal })).rejects.toThrow(/in time/)
    }
    expect(await calling.judge(artifact())).toMatchObject({ outcome: 'malicious' })
    expect(calling.state).toBe('verified')
  })

  it('takes nothing at addresses that were guessed, and lets go of whoever guesses on', async () => {
    const url = await webhook(async (seen) => {
      for (let i = 0; i < 8; i++) expect(await answer(seen, { verdict: 'evil' })).toBe(400)
      expect(await answer(seen, malicious)).toBe(404)
      const guessed = `${new URL(seen.bounty.response_url ?? '').origin}/responses/${'A'.repeat(43)}`
      expect((await fetch(guessed, { method: 'POST', body: JSON.stringify(malicious) })).status).toBe(404)
      return 400
    })
    await expect((await caller(url)).judge({ ...artifact(), metadata: {} })).rejects.toThrow(/refused/)
  })

  it('is asked for votes, and passes over their bids', async () => {
    const url = await webhook(async (seen) => {
      expect(seen.bounty.phase).toBe('arbitration')
      await answer(seen, { verdict: 'benign', bid: 10 ** 9, metadata: {} })
      return 202
    })
    const finding = await (await caller(url, { phase: 'arbitration' })).judge(artifact())
    expect(finding).toMatchObject({ outcome: 'benign', confidence: 1 })
  })
})
