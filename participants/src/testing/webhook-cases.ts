import { equal, ok } from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { stringifyJson } from '@polyswarm/protocol'
import type { ConformanceCase } from './conformance.js'

/** Which webhook is tried. */
export interface WebhookCaseOptions {
  url: string
  /** What both sign with. */
  secret: string
  /** Where it can fetch an artifact from, and bring its answer to. */
  artifactUri: string
  responseUrl: string
}

const SIGNATURE = 'x-polyswarm-signature'
const EVENT = 'x-polyswarm-event'
const OPEN_FOR = 60_000

/** What a marketplace of the original may send to a webhook, and what the webhook has to say, as test cases. */
export function webhookCases({ url, secret, artifactUri, responseUrl }: WebhookCaseOptions): ConformanceCase[] {
  const bounty = (part: Record<string, unknown> = {}): Record<string, unknown> => ({
    id: randomUUID(),
    artifact_type: 'FILE',
    artifact_uri: artifactUri,
    response_url: responseUrl,
    expiration: new Date(Date.now() + OPEN_FOR).toISOString(),
    rules: { min_allowed_bid: 1_000, max_allowed_bid: 2_000 },
    ...part,
  })
  const send = async (event: string | undefined, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : stringifyJson(body)
    const signature = createHmac('sha256', secret).update(text).digest('hex')
    const all: Record<string, string> = {
      [SIGNATURE]: signature,
      'x-polyswarm-delivery': randomUUID(),
      ...(text !== '' && { 'content-type': 'application/json' }),
      ...(event !== undefined && { [EVENT]: event }),
      ...headers,
    }
    const kept = Object.entries(all).filter(([, value]) => value !== '')
    const init = { method: 'POST', headers: Object.fromEntries(kept), redirect: 'manual' as const }
    return (await fetch(url, { ...init, ...(text !== '' && { body: text }) })).status
  }
  const within = (status: number, hundred: number): void =>
    ok(Math.floor(status / 100) === hundred, `it answered with status ${status} where ${hundred}xx is due`)
  return [
    {
      title: 'says that it is there',
      run: async () => within((await fetch(url, { redirect: 'manual' })).status, 2),
    },
    { title: 'answers a ping', run: async () => within(await send('ping', ''), 2) },
    { title: 'takes a bounty on', run: async () => equal(await send('bounty', bounty()), 202) },
    { title: 'reads the event in any case of letters', run: async () => equal(await send('BoUnTy', bounty()), 202) },
    {
      title: 'takes a bounty whose id is a number, with what it does not know',
      run: async () =>
        equal(await send('bounty', bounty({ id: Date.now(), duration: 60, tasked_at: 'now', own: {} })), 202),
    },
    { title: 'refuses an event that it does not know', run: async () => equal(await send('analyze', bounty()), 400) },
    { title: 'refuses a request without an event', run: async () => equal(await send(undefined, bounty()), 400) },
    {
      title: 'refuses a request without a signature',
      run: async () => equal(await send('bounty', bounty(), { [SIGNATURE]: '' }), 400),
    },
    {
      title: 'refuses a wrong signature',
      run: async () => {
        equal(await send('bounty', bounty(), { [SIGNATURE]: '0'.repeat(64) }), 401)
        equal(await send('ping', '', { [SIGNATURE]: 'not hexadecimal' }), 401)
      },
    },
    { title: 'refuses a body that is no JSON', run: async () => within(await send('bounty', '{"id":'), 4) },
    {
      title: 'refuses a bounty without what it has to have',
      run: async () => {
        for (const name of ['id', 'artifact_uri', 'expiration', 'response_url', 'rules']) {
          equal(await send('bounty', bounty({ [name]: undefined })), 400, name)
        }
        equal(await send('bounty', bounty({ expiration: 'soon' })), 400)
      },
    },
  ]
}
