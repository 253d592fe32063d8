import { afterAll, afterEach, beforeAll, describe, it, vi } from 'vitest'
import type { AnalysisBackend } from '../analysis/analysis-backend.ts'
import { ArtifactMarket } from '../microengine/artifact-market.fixture.ts'
import { findingSourceCases, scanTimeLimitFor } from '../microengine/finding-source-cases.fixture.ts'
import { Microengine } from '../microengine/microengine.ts'
import { QueueKey } from './queue-key.ts'
import { QueueWorker } from './queue-worker.ts'
import { QueuedFindings } from './queued-findings.ts'
import { TestRedis } from './redis.fixture.ts'

/** The server of Valkey; CONTRIBUTING says how to get one. */
const program = process.env.VALKEY_SERVER
const missing = program === undefined && process.env.CI !== 'true'
const why = missing ? ' (skipped: VALKEY_SERVER names none)' : ''

const key = new QueueKey(Buffer.from('correct horse battery staple, 32'))
const logger = { info: vi.fn(), warn: vi.fn(), debug: vi.fn() }

let market: ArtifactMarket
let valkey: TestRedis
const workers: QueueWorker[] = []
beforeAll(async () => {
  if (missing) return
  valkey = await TestRedis.start(program)
  market = await ArtifactMarket.start()
})
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()))
})
afterAll(async () => {
  await market?.stop()
  await valkey?.kill()
})

async function work(backend: AnalysisBackend, maxArtifactSize: number): Promise<void> {
  const common = { url: valkey.url, key, logger, client: market.client(), concurrency: 8, maxArtifactSize }
  const scanTimeLimit = scanTimeLimitFor(backend)
  const worker = new QueueWorker({ ...common, backend, queue: key.queueOf(backend.name), scanTimeLimit })
  await worker.start()
  workers.push(worker)
}

describe.skipIf(missing)(`findings of workers behind Valkey${why}`, () => {
  const cases = findingSourceCases({
    make: async (backends, maxArtifactSize) => {
      for (const backend of backends) await work(backend, maxArtifactSize)
      const engine = new Microengine({ name: 'front' })
      const names = backends.map(({ name }) => name)
      const source = new QueuedFindings({ engine, backends: names, url: valkey.url, key, logger })
      return { source, end: async () => undefined }
    },
    upload: (contents) => market.upload(contents),
  })
  for (const { title, run } of cases) it(title, run)
})
