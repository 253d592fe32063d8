import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AnalysisBackend, AnalysisRequest } from '../analysis/analysis-backend.ts'
import { makeTruth } from '../arbiter/sources/truth-sources.ts'
import { benign, type Finding, malicious } from '../findings/finding.ts'
import { ArtifactMarket } from '../microengine/artifact-market.fixture.ts'
import { QueueKey } from './queue-key.ts'
import { QueueWorker } from './queue-worker.ts'
import { QueuedBackend } from './queued-backend.ts'
import { hasRedis, skipNote, TestRedis } from './redis.fixture.ts'

const key = new QueueKey(Buffer.from('correct horse battery staple, 32'))
const logger = { info: vi.fn(), warn: vi.fn(), debug: vi.fn() }

let market: ArtifactMarket
let redis: TestRedis
const ends: (() => Promise<void>)[] = []
beforeAll(async () => {
  if (!hasRedis) return
  market = await ArtifactMarket.start()
  redis = await TestRedis.start()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(async () => {
  await redis?.kill()
  await market?.stop()
})

let looks = 0
const evil: AnalysisBackend = {
  ...{ name: 'evil', versions: { vendor: '7' }, setup: async () => undefined, teardown: async () => undefined },
  analyze: async ({ content }: AnalysisRequest): Promise<Finding> => {
    looks++
    return Buffer.from(content).toString().startsWith('evil') ? malicious({ family: 'Evil' }) : benign()
  },
}

async function work(): Promise<void> {
  const client = market.client()
  const options = { url: redis.url, key, client, logger, concurrency: 8, maxArtifactSize: 10_000 }
  const worker = new QueueWorker({ ...options, backend: evil, queue: key.queueOf('evil'), scanTimeLimit: 30_000 })
  await worker.start()
  ends.push(async () => {
    await worker.close()
    client.close()
  })
}

async function backend(): Promise<QueuedBackend> {
  const made = new QueuedBackend({ name: 'evil', url: redis.url, key, logger, timeLimit: 60_000 })
  await made.setup()
  ends.push(() => made.teardown())
  return made
}

const requestOf = (text: string, signal = AbortSignal.timeout(60_000)): AnalysisRequest => ({
  ...{ content: Buffer.from(text), artifactType: 'file', metadata: {}, signal },
})

describe.skipIf(!hasRedis)(`a backend that runs in workers${skipNote}`, () => {
  it('has workers fetch an artifact by its own address, alone in a bounty or one of several', async () => {
    for (const contents of [['evil'], ['good', 'evil too']]) {
      const { client } = await market.upload(contents.map((text) => Buffer.from(text)))
      client.close()
    }
    const asking = await backend()
    await work()
    const findings = await Promise.all(['evil', 'good', 'evil too'].map((text) => asking.analyze(requestOf(text))))
    expect(findings.map(({ outcome }) => outcome)).toEqual(['malicious', 'benign', 'malicious'])
    expect(findings[0]).toMatchObject({ family: 'Evil', versions: { vendor: '7' } })
  })

  it('is where the sources of an arbiter ask, and those of its panel', async () => {
    const { client } = await market.upload(['evil twin', 'good twin'].map((text) => Buffer.from(text)))
    client.close()
    await work()
    const elsewhere = (name: string) => new QueuedBackend({ name, url: redis.url, key, logger, timeLimit: 60_000 })
    const file = join(market.market.directory, 'evil.js')
    const source = "name: 'evil', versions: {}, setup() {}, teardown() {}, analyze() { throw new Error('here') }"
    await writeFile(file, `export default { ${source} }`)
    const panel = { panelTrusted: [], panelWeights: [], panelQuorum: 0.5, panelMajority: 0.5 }
    const flags = { truthDb: '', panel: [file], ...panel }
    for (const name of [file, 'panel']) {
      const truth = await makeTruth([name], flags, {
        backends: { elsewhere },
        timeLimit: 60_000,
        warn: () => undefined,
      })
      await truth.setup({ settled: () => undefined, decided: () => undefined })
      ends.push(() => truth.teardown())
      for (const [text, verdict] of [
        ['evil twin', 'malicious'],
        ['good twin', 'benign'],
      ] as const) {
        expect(await truth.judge({ ...requestOf(text), sha256: '' })).toMatchObject({ verdict })
      }
    }
  })

  it('looks again at what it is asked about again', async () => {
    const asking = await backend()
    await work()
    const before = looks
    for (let i = 0; i < 2; i++) expect((await asking.analyze(requestOf('good'))).outcome).toBe('benign')
    expect(looks - before).toBe(2)
  })

  it('says that an artifact is refused which is not there, and that nobody answered in time', async () => {
    const asking = await backend()
    const stop = new AbortController()
    const waiting = asking.analyze(requestOf('good', stop.signal))
    stop.abort(new DOMException('The time is over.', 'TimeoutError'))
    await expect(waiting).rejects.toThrow('The time is over.')
    await work()
    await expect(asking.analyze(requestOf('never posted'))).rejects.toThrow(/worker (refused|failed)/)
  })
})
