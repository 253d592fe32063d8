import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { parseJson } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { webhookParts } from '../../programs/webhook-parts.ts'
import { Metrics } from '../../runtime/reports/metrics.ts'
import { type Joined, SteppedMarket } from '../../stepped-market.fixture.ts'
import { AnswerDesk } from '../../webhook/answer-desk.ts'

/** A third each of good, slow and lying ones; a hundred of them where there is time. */
const COUNT = process.env.LONG_TESTS === 'true' ? 99 : 27
/** Milliseconds that a webhook gets; nobody waits for it, since the blocks wait for the good ones. */
const PATIENCE = 600_000
const NCT = 10n ** 18n

interface Told {
  artifact_uri: string
  response_url: string
}

/** What the webhooks are that do not do what they should; each is asked for as many bounties as the good ones. */
const LIES: ((told: Told) => Promise<number>)[] = [
  // Says that what it got was not signed with its secret.
  async () => 401,
  async (told) => refusedUntilClosed(told, { verdict: 'benign', bid: String(1_000n * NCT) }),
  async (told) => refusedUntilClosed(told, { verdict: 'benign', bid: -1 }),
  async (told) => refusedUntilClosed(told, { verdict: 'benign', bid: 0.5 }),
  async (told) => refusedUntilClosed(told, { verdict: 'benign' }),
  async (told) => refusedUntilClosed(told, { verdict: 'certainly', bid: 1 }),
  // An answer without an end.
  async (told) => {
    const { status } = await post(told.response_url, 'x'.repeat(1024 * 1024)).catch(() => ({ status: 413 }))
    expect(status).toBe(413)
    return 202
  },
  // An answer that is shorter than its header says.
  async ({ response_url }) => {
    const { port, pathname } = new URL(response_url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.end(`POST ${pathname} HTTP/1.1\r\nHost: front\r\nContent-Length: 5000\r\n\r\n{"verdict":`)
    return 202
  },
  // An acknowledgment without an end.
  async () => Number.POSITIVE_INFINITY,
]

/** Each time on a connection of its own: one that is used again may be closed at the same moment where the machine is busy. */
async function post(url: string, body: string): Promise<{ status: number }> {
  const asked = request(url, { method: 'POST', agent: false }).end(body)
  // What is not read to its end may be cut off after the answer.
  asked.on('error', () => undefined)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return { status: answer.statusCode ?? 0 }
}

/** The same lie until its address is closed; the truth comes too late then. */
async function refusedUntilClosed(told: Told, answer: unknown): Promise<number> {
  for (let i = 0; i < 8; i++) expect((await post(told.response_url, JSON.stringify(answer))).status).toBe(400)
  expect((await post(told.response_url, await honestly(told))).status).toBe(404)
  return 202
}

async function honestly({ artifact_uri }: Told): Promise<string> {
  const content = Buffer.from(await (await fetch(artifact_uri)).arrayBuffer())
  return `{"verdict":"${content.equals(eicarTestFile()) ? 'malicious' : 'benign'}","bid":${NCT}}`
}

let market: SteppedMarket
let server: Server
let desk: AnswerDesk
const engines: Joined[] = []
/** Who has told its lie. */
const liars = new Set<number>()
const kindOf = (index: number) => (['good', 'slow', 'lying'] as const)[index % 3] ?? 'good'
const ofKind = (kind: string) => engines.filter((_, index) => kindOf(index) === kind)

beforeAll(async () => {
  const names = Array.from({ length: COUNT }, (_, index) => `engine-${index}`)
  const started = await SteppedMarket.start(names)
  market = started.market
  server = createServer(async (asked, response) => {
    const body = Buffer.concat(await asked.toArray()).toString()
    if (asked.headers['x-polyswarm-event'] === 'ping') return void response.end()
    const told = parseJson(body) as unknown as Told
    const index = Number(asked.url?.slice(1))
    if (kindOf(index) === 'slow') return void response.writeHead(202).end()
    if (kindOf(index) === 'good') {
      response.writeHead(202).end()
      const { status } = await post(told.response_url, await honestly(told))
      expect(status).toBe(200)
      return
    }
    const status = await LIES[Math.floor(index / 3) % LIES.length]?.(told)
    liars.add(index)
    if (status === Number.POSITIVE_INFINITY) {
      response.writeHead(202)
      response.write('x'.repeat(100_000))
    } else response.writeHead(status ?? 500).end()
  })
  server.keepAliveTimeout = PATIENCE
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const secretFile = join(market.market.directory, 'secret')
  await writeFile(secretFile, 'qwertyuiop')
  desk = await AnswerDesk.start({ host: '127.0.0.1', port: 0 })
  await market.arbiter()
  const webhooks = names.map((name, index) => {
    const url = `http://127.0.0.1:${port}/${index}`
    return { name, url, secretFile, keyfile: started.accounts[index]?.keyfile ?? '' }
  })
  const rules = { maxArtifactSize: 1024 * 1024 }
  for (const { makeRole, keyfile } of webhookParts(webhooks, { desk, rules, options: {}, timeLimit: PATIENCE })) {
    const account = started.accounts.find((each) => each.keyfile === keyfile)
    if (!account) continue
    const { address } = account.account
    const tools = {
      logger: pino({ level: 'silent' }),
      metrics: new Metrics(),
      account: address,
      chain: 'side',
    } as const
    engines.push(await market.join(await makeRole(tools), account))
  }
})
afterAll(async () => {
  await market?.stop()
  desk?.stop()
  server?.close()
  server?.closeAllConnections()
})

it('pays the good ones of many webhooks, whatever the slow and the lying ones do', {
  timeout: 300_000,
}, async () => {
  const before = await Promise.all(ofKind('good').map(({ address }) => market.market.balanceOf(address)))
  await market.post([[eicarTestFile(), Buffer.from('a letter')]], 12)
  await market.decided(1, ofKind('good'))
  await market.until(() => liars.size === ofKind('lying').length)
  const settled = async () => (await market.market.events('SettledBounty')).map(({ args }) => args.settler)
  const good = ofKind('good').map(({ address }) => address)
  await market.mineUntil(async () => new Set(await settled()).isSupersetOf(new Set(good)))
  const authors = (await market.market.events('NewAssertion')).map(({ args }) => args.author)
  expect(new Set(authors)).toEqual(new Set(good))
  const after = await Promise.all(ofKind('good').map(({ address }) => market.market.balanceOf(address)))
  expect(after.every((balance, index) => balance > (before[index] ?? balance))).toBe(true)
  // Nothing of those that said nothing is held any longer than the bounty was open.
  await market.until(() => desk.size === 0)
})
