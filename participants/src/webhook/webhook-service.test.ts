import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseJson } from '@polyswarm/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { eicarBackend } from '../backends/eicar/eicar-backend.ts'
import type { Finding } from '../findings/finding.ts'
import { Microengine } from '../microengine/microengine.ts'
import { webhookCases } from '../testing/webhook-cases.ts'
import { AddressGuard } from './address-guard.ts'
import { findingOfAnswer, webhookAnswerOf } from './webhook-answer.ts'
import { parseWebhookBounty, type WebhookBounty, webhookBountyJson } from './webhook-bounty.ts'
import { WebhookSecret } from './webhook-secret.ts'
import { WebhookService } from './webhook-service.ts'
import { WebhookWork } from './webhook-work.ts'

const SECRET = 'qwertyuiop'
const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() }

/** The other side: serves an artifact, and takes answers as it is told. */
let sender: Server
let base: string
let answers: unknown[]
let statuses: number[]
let service: WebhookService
let work: WebhookWork

async function serve(
  engine = new Microengine({ name: 'own', backends: [eicarBackend()] }),
  concurrency = 8,
): Promise<void> {
  work = new WebhookWork({
    ...{ engine, concurrency, logger },
    strategy: 'default',
    guard: new AddressGuard(['127.0.0.1']),
    maxArtifactSize: 10_000,
  })
  service = await WebhookService.start({
    secret: new WebhookSecret(SECRET),
    host: '127.0.0.1',
    port: 0,
    accept: (bounty) => work.accept(bounty),
  })
}

beforeEach(async () => {
  answers = []
  statuses = []
  sender = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    if (request.url === '/artifact') response.end(eicarTestFile())
    else if (request.url === '/large') response.end(Buffer.alloc(20_000))
    else if (request.url === '/answer') {
      answers.push(parseJson(body))
      response.writeHead(statuses.shift() ?? 200).end()
    } else response.writeHead(404).end()
  })
  sender.listen(0, '127.0.0.1')
  await once(sender, 'listening')
  base = `http://127.0.0.1:${(sender.address() as AddressInfo).port}`
})
afterEach(async () => {
  await Promise.all([service.stop(), work.idle()])
  sender.close()
  sender.closeAllConnections()
})

function bounty(part: Partial<WebhookBounty> = {}): WebhookBounty {
  return {
    id: 'one',
    artifactType: 'file',
    artifactUri: `${base}/artifact`,
    responseUrl: `${base}/answer`,
    expiration: Date.now() + 60_000,
    range: { minimum: 10n ** 18n, maximum: 4n * 10n ** 18n },
    phase: 'assertion',
    metadata: {},
    ...part,
  }
}

async function post(body: string, event = 'bounty'): Promise<number> {
  const signature = new WebhookSecret(SECRET).sign(Buffer.from(body))
  const headers = {
    'content-type': 'application/json',
    'x-polyswarm-event': event,
    'x-polyswarm-signature': signature,
  }
  return (await fetch(service.url, { method: 'POST', headers, body })).status
}

describe('a webhook', () => {
  it('keeps the rules of the original', async () => {
    await serve()
    const options = { url: service.url, secret: SECRET, artifactUri: `${base}/artifact`, responseUrl: `${base}/answer` }
    for (const { title, run } of webhookCases(options))
      await run().catch((error) => expect(error, title).toBeUndefined())
  })

  it('brings verdict, bid as an exact integer, and metadata', async () => {
    await serve()
    expect(await post(webhookBountyJson(bounty()))).toBe(202)
    await work.idle()
    expect(answers).toEqual([
      {
        verdict: 'malicious',
        bid: 4n * 10n ** 18n,
        metadata: expect.objectContaining({ malware_family: expect.stringMatching(/eicar/i), product: 'own' }),
      },
    ])
  })

  it('is told times as every Python reads them', () => {
    const json = parseJson(webhookBountyJson(bounty({ expiration: 1_700_000_000_123 })))
    expect(json).toMatchObject({ expiration: '2023-11-14T22:13:20.123+00:00' })
    expect(parseWebhookBounty(json)?.expiration).toBe(1_700_000_000_123)
  })

  it('brings a vote without a bid', async () => {
    await serve()
    await post(webhookBountyJson(bounty({ phase: 'arbitration' })))
    await work.idle()
    expect(answers).toEqual([{ verdict: 'malicious', metadata: expect.anything() }])
  })

  it('works once on what is delivered again', async () => {
    await serve()
    const body = webhookBountyJson(bounty())
    expect(await Promise.all([post(body), post(body), post(body)])).toEqual([202, 202, 202])
    await work.idle()
    expect(answers).toHaveLength(1)
  })

  it('brings an answer again until it is taken, and gives up where it is refused', async () => {
    await serve()
    statuses = [500, 503]
    await post(webhookBountyJson(bounty({ id: 'again' })))
    await work.idle()
    expect(answers).toHaveLength(3)
    statuses = [400]
    await post(webhookBountyJson(bounty({ id: 'refused' })))
    await work.idle()
    expect(answers).toHaveLength(4)
  })

  it('says that it cannot tell where the artifact cannot be had, or is another', async () => {
    await serve()
    const uris = [`${base}/nothing`, `${base}/large`, 'http://10.0.0.1/', 'file:///etc/passwd']
    for (const artifactUri of uris)
      expect(await post(webhookBountyJson(bounty({ id: artifactUri, artifactUri })))).toBe(202)
    await post(webhookBountyJson(bounty({ id: 'other', sha256: '0'.repeat(64) })))
    await work.idle()
    expect(answers).toHaveLength(5)
    for (const answer of answers) expect(answer).toMatchObject({ verdict: 'unknown', bid: 0 })
  })

  it('brings nothing to an address that is not allowed', async () => {
    await serve()
    await post(webhookBountyJson(bounty({ responseUrl: 'http://169.254.169.254/' })))
    await work.idle()
    expect(answers).toEqual([])
  })

  it('begins with nothing that has expired, or is open for ever', async () => {
    await serve()
    expect(await post(webhookBountyJson(bounty({ expiration: Date.now() - 1 })))).toBe(400)
    expect(await post(webhookBountyJson(bounty({ expiration: Date.now() + 10 ** 12 })))).toBe(400)
    await work.idle()
    expect(answers).toEqual([])
  })

  it('takes on no more than it can hold, and says so', async () => {
    const held = Promise.withResolvers<void>()
    const engine = new (class extends Microengine {
      override async scan(): Promise<Finding> {
        await held.promise
        return { outcome: 'unknown', confidence: 0 }
      }
    })()
    await serve(engine, 1)
    const taken: number[] = []
    for (let i = 0; i < 70; i++) taken.push(await post(webhookBountyJson(bounty({ id: `${i}` }))))
    expect(taken.filter((status) => status === 202)).toHaveLength(64)
    expect(taken.filter((status) => status === 503)).toHaveLength(6)
    held.resolve()
    await work.idle()
    expect(answers).toHaveLength(64)
    expect(await post(webhookBountyJson(bounty({ id: '69' })))).toBe(202)
  })

  it('does not read a body that is too long', async () => {
    await serve()
    const sent = post('x'.repeat(1024 * 1024)).catch(() => 413)
    expect(await sent).toBe(413)
    expect(await post(webhookBountyJson(bounty()))).toBe(202)
  })
})

describe('what is said over it', () => {
  beforeEach(() => serve())

  it('is a bounty or nothing', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseWebhookBounty(value)).toBeUndefined()
      }),
    )
    const written = parseJson(webhookBountyJson(bounty())) as Record<string, unknown>
    expect(parseWebhookBounty(written)).toEqual(bounty({ expiration: expect.any(Number) as never }))
    const naive = { ...written, expiration: '2030-01-01T00:00:00' }
    expect(parseWebhookBounty(naive)?.expiration).toBe(Date.UTC(2030, 0, 1))
    expect(parseWebhookBounty({ ...written, rules: { min_allowed_bid: 2, max_allowed_bid: 1 } })).toBeUndefined()
    expect(parseWebhookBounty({ ...written, rules: {} })?.range).toEqual({
      minimum: 10n ** 18n / 16n,
      maximum: 10n ** 18n,
    })
  })

  it('means the same on both sides: a bid is where confidence lies in the range', () => {
    const outcome = fc.constantFrom('malicious' as const, 'benign' as const)
    const range = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.bigInt({ min: 10n ** 7n, max: 10n ** 24n }))
      .map(([minimum, more]) => ({ minimum, maximum: minimum + more }))
    fc.assert(
      fc.property(outcome, fc.integer({ min: 0, max: 1_000_000 }), range, (said, parts, allowed) => {
        const identity = { name: 'x', versions: {} }
        const about = { phase: 'assertion' as const, range: allowed }
        const finding = { outcome: said, confidence: parts / 1_000_000 }
        const answer = webhookAnswerOf(finding, about, { strategy: 'default', identity })
        const back = findingOfAnswer(answer, about)
        expect(back).toMatchObject({ outcome: said })
        if ('confidence' in back) expect(Math.abs(back.confidence - finding.confidence)).toBeLessThanOrEqual(1.1e-6)
      }),
    )
  })

  it('is refused where a bid is missing, no integer, or outside of the rules', () => {
    const about = { phase: 'assertion' as const, range: { minimum: 10n, maximum: 20n } }
    for (const bid of [undefined, null, 9, 21, -1, 10.5, '15', 1e300, Number.NaN, 10n ** 30n]) {
      expect(findingOfAnswer({ verdict: 'malicious', bid }, about)).toHaveProperty('refused')
    }
    expect(findingOfAnswer({ verdict: 'malicious', bid: 15 }, about)).toMatchObject({ confidence: 0.5 })
    expect(findingOfAnswer({ verdict: 'suspicious', bid: 0 }, about)).toMatchObject({ outcome: 'suspicious' })
    expect(findingOfAnswer({ verdict: 'malicious' }, { ...about, phase: 'arbitration' })).toMatchObject({
      confidence: 1,
    })
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(findingOfAnswer(value, about)).toHaveProperty('refused')
      }),
    )
  })
})
