import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseJson } from '@polyswarm/protocol'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { ArbiterMarket, type TestArbiter } from '../../arbiter/arbiter-market.fixture.ts'
import { BackendTruth } from '../../arbiter/backend-truth.ts'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { Microengine } from '../../microengine/microengine.ts'
import { AddressGuard } from '../../webhook/address-guard.ts'
import { WebhookSecret } from '../../webhook/webhook-secret.ts'
import { WebhookService } from '../../webhook/webhook-service.ts'
import { WebhookWork } from '../../webhook/webhook-work.ts'
import { eicarBackend } from '../eicar/eicar-backend.ts'
import { WebhookBackend } from './webhook-backend.ts'

const SECRET = 'qwertyuiop'

let world: ArbiterMarket
let arbiter: TestArbiter | undefined
let secretFile: string

beforeAll(async () => {
  world = await ArbiterMarket.start()
  secretFile = join(world.market.directory, 'secret')
  await writeFile(secretFile, SECRET)
})
afterEach(() => arbiter?.stop())
afterAll(() => world.stop())

/** What an arbiter wrote down of why it did not vote. */
function reasonOf(name: string, guid: string): unknown {
  const db = new DatabaseSync(join(world.market.directory, `${name}.sqlite`), { readOnly: true })
  try {
    return db.prepare('SELECT reason FROM bounties WHERE guid = ?').get(guid)?.reason
  } finally {
    db.close()
  }
}

const truthOf = (url: string) => new BackendTruth(new WebhookBackend({ url, secretFile, phase: 'arbitration' }))

it('votes what a service behind its webhook says', async () => {
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  const work = new WebhookWork({
    ...{ logger, concurrency: 4, strategy: 'default', maxArtifactSize: 10_000 },
    engine: new Microengine({ name: 'own', backends: [eicarBackend()] }),
    guard: new AddressGuard(['127.0.0.1']),
  })
  const asked: string[] = []
  const service = await WebhookService.start({
    ...{ secret: new WebhookSecret(SECRET), host: '127.0.0.1', port: 0 },
    accept: (bounty) => {
      asked.push(bounty.phase)
      return work.accept(bounty)
    },
  })
  try {
    arbiter = await world.arbiter({ sources: [truthOf(service.url)], name: 'service' })
    const guid = await world.post(['a letter', eicarTestFile(), 'another'])
    await world.until(async () => (await world.votes(guid)).length > 0)
    expect(await world.votes(guid)).toEqual([0b010n])
    expect(asked).toEqual(Array(3).fill('arbitration'))
  } finally {
    await Promise.all([service.stop(), work.idle()])
  }
})

it('takes no word for the truth that is none, and says which artifacts it does not know', async () => {
  const answers = ['{"verdict":"suspicious"}', '{"verdict":"unknown"}', '{"verdict":"malicious"}']
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    response.writeHead(202).end()
    if (request.headers['x-polyswarm-event'] === 'ping') return
    const { artifact_uri, response_url } = parseJson(body) as { artifact_uri: string; response_url: string }
    const index = Number(await (await fetch(artifact_uri)).text())
    await fetch(response_url, { method: 'POST', body: answers[index] ?? '' })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    arbiter = await world.arbiter({ sources: [truthOf(`http://127.0.0.1:${port}`)], name: 'unsure' })
    const { journal } = arbiter
    const guid = await world.post(['0', '1', '2'])
    await world.until(() => journal.bounties.get(guid)?.decision === 'abstain')
    expect(reasonOf('unsure', guid)).toMatch(/^the truth is not known about artifact 0 .*, 1 .*: webhook did not know$/)
    expect(journal.judgements.of(guid)?.judgements.map(({ truth }) => truth)).toEqual([
      undefined,
      undefined,
      'malicious',
    ])
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

it('asks again while nobody is there, and says in the end that nobody could be asked', async () => {
  arbiter = await world.arbiter({ sources: [truthOf('http://127.0.0.1:1/')], name: 'away' })
  const { journal } = arbiter
  const guid = await world.post(['a letter'])
  await world.until(() => journal.bounties.get(guid)?.decision === 'abstain')
  expect(reasonOf('away', guid)).toMatch(/: a source could not be asked in time$/)
  expect(await world.votes(guid)).toEqual([])
})
