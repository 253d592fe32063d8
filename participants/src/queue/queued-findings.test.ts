import { newGuid } from '@polyswarm/protocol'
import { type JobType, Queue, Worker } from 'bullmq'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AnalysisBackend, AnalysisRequest } from '../analysis/analysis-backend.ts'
import { benign, type Finding, malicious } from '../findings/finding.ts'
import { ArtifactMarket } from '../microengine/artifact-market.fixture.ts'
import type { ScanOrder } from '../microengine/finding-source.ts'
import { findingSourceCases, scanTimeLimitFor } from '../microengine/finding-source-cases.fixture.ts'
import { Microengine } from '../microengine/microengine.ts'
import { Metrics } from '../runtime/reports/metrics.ts'
import { QueueKey } from './queue-key.ts'
import { QUEUE_PREFIX } from './queue-prefix.ts'
import { QueueWorker } from './queue-worker.ts'
import { QueuedFindings } from './queued-findings.ts'
import { hasRedis, skipNote, TestRedis } from './redis.fixture.ts'

const key = new QueueKey(Buffer.from('correct horse battery staple, 32'))
const logger = { info: vi.fn(), warn: vi.fn(), debug: vi.fn() }

let market: ArtifactMarket
let redis: TestRedis
const ends: (() => Promise<void>)[] = []
beforeAll(async () => {
  market = await ArtifactMarket.start()
})
afterAll(() => market.stop())
beforeEach(async () => {
  redis = await TestRedis.start()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await redis.kill()
})

function backend(analyze: (request: AnalysisRequest) => Promise<Finding>, name = 'evil'): AnalysisBackend {
  return { name, versions: { vendor: '7' }, setup: async () => undefined, analyze, teardown: async () => undefined }
}

async function work(looking: AnalysisBackend, options: Partial<ConstructorParameters<typeof QueueWorker>[0]> = {}) {
  const client = market.client()
  const worker = new QueueWorker({
    backend: looking,
    queue: key.queueOf(looking.name),
    url: redis.url,
    key,
    client,
    logger,
    concurrency: 8,
    maxArtifactSize: 100_000,
    scanTimeLimit: 30_000,
    ...options,
  })
  await worker.start()
  ends.push(async () => {
    await worker.close()
    client.close()
  })
  return worker
}

async function front(metrics?: Metrics) {
  const source = new QueuedFindings({
    engine: new Microengine({ name: 'front' }),
    backends: ['evil'],
    url: redis.url,
    key,
    logger,
    metrics,
  })
  await source.setup()
  ends.push(() => source.teardown())
  return source
}

async function orderOf(contents: readonly string[], part: Partial<ScanOrder> = {}): Promise<ScanOrder> {
  const { client, uri } = await market.upload(contents.map((text) => Buffer.from(text)))
  ends.push(async () => client.close())
  const artifacts = contents.map(() => ({ metadata: {} }))
  const order = { client, uri, guid: newGuid(), artifactType: 'file' as const, artifacts, timeLeft: 60_000 }
  return { ...order, signal: AbortSignal.timeout(60_000), ...part }
}

const findsEvil = async ({ content }: AnalysisRequest): Promise<Finding> =>
  Buffer.from(content).toString().startsWith('evil') ? malicious({ family: 'Evil' }) : benign()

const outcomesOf = async (scanning: ReturnType<QueuedFindings['scan']>) =>
  (await scanning).map(({ finding }) => finding.outcome)

describe.skipIf(!hasRedis)(`findings of workers${skipNote}`, () => {
  const cases = findingSourceCases({
    make: async (backends, maxArtifactSize) => {
      const limited = (each: AnalysisBackend) => work(each, { maxArtifactSize, scanTimeLimit: scanTimeLimitFor(each) })
      const workers = await Promise.all(backends.map(limited))
      const source = new QueuedFindings({
        engine: new Microengine({ name: 'front' }),
        backends: backends.map(({ name }) => name),
        url: redis.url,
        key,
        logger,
      })
      return { source, end: async () => void workers }
    },
    upload: (contents) => market.upload(contents),
  })
  for (const { title, run } of cases) it(title, run)
})

describe.skipIf(!hasRedis)(`a queue${skipNote}`, () => {
  it('tells with each finding what it was looked at with', async () => {
    await work(backend(findsEvil))
    const [scanned] = await (await front()).scan(await orderOf(['evil']))
    expect(scanned?.finding.versions).toEqual({ vendor: '7' })
  })

  it('brings what was asked before there was a worker', async () => {
    const source = await front()
    const scanning = source.scan(await orderOf(['evil', 'good']))
    await vi.waitFor(async () => expect(await waiting()).toBe(2), { timeout: 20_000 })
    await work(backend(findsEvil))
    expect(await outcomesOf(scanning)).toEqual(['malicious', 'benign'])
  })

  it('brings what was asked when Redis is killed meanwhile, and has forgotten all', async () => {
    const held = Promise.withResolvers<void>()
    let looks = 0
    await work(
      backend(async (request) => {
        if (++looks === 1) await held.promise
        return findsEvil(request)
      }),
      { concurrency: 1 },
    )
    const scanning = (await front()).scan(await orderOf(['evil', 'good', 'evil']))
    await vi.waitFor(() => expect(looks).toBe(1), { timeout: 20_000 })
    await redis.kill()
    held.resolve()
    await redis.start()
    expect(await outcomesOf(scanning)).toEqual(['malicious', 'benign', 'malicious'])
  })

  it('is set up without Redis, and works once it is there', async () => {
    await redis.kill()
    const source = await front()
    const scanning = source.scan(await orderOf(['evil']))
    await redis.start()
    await work(backend(findsEvil))
    expect(await outcomesOf(scanning)).toEqual(['malicious'])
  })

  it('costs findings and nothing else while Redis stays away', async () => {
    await redis.kill()
    const source = await front()
    const order = await orderOf(['evil', 'good'], { signal: AbortSignal.timeout(300) })
    expect(await outcomesOf(source.scan(order))).toEqual(['abstain', 'abstain'])
  })

  it('says why where Redis lets it do nothing', async () => {
    await redis.as((admin) => admin.acl('SETUSER', 'poor', 'on', '>secret', '~*', '+info', '+client', '+time', '+ping'))
    const url = redis.url.replace('//', '//poor:secret@')
    const engine = new Microengine({ name: 'front' })
    const source = new QueuedFindings({ engine, backends: ['evil'], url, key, logger })
    await source.setup()
    ends.push(() => source.teardown())
    const stop = new AbortController()
    const scanning = source.scan(await orderOf(['evil'], { signal: stop.signal }))
    const said = () => JSON.stringify(logger.warn.mock.calls)
    await vi.waitFor(() => expect(said()).toMatch(/NOPERM.*the queue cannot be used/), { timeout: 20_000 })
    stop.abort(new DOMException('The time is over.', 'TimeoutError'))
    expect(await outcomesOf(scanning)).toEqual(['abstain'])
    expect(said()).not.toMatch(/secret@/)
  })

  it('has no use for findings of somebody without the key, who can write into Redis', async () => {
    const name = key.queueOf('evil')
    const forged = JSON.stringify({ finding: { outcome: 'benign', confidence: 1 }, fileType: 'pe', duration: 1 })
    let answered = 0
    const intruder = new Worker(
      name,
      async () => {
        answered++
        return forged
      },
      { prefix: QUEUE_PREFIX, connection: { url: redis.url } as never },
    )
    ends.push(() => intruder.close())
    const metrics = new Metrics()
    const [scanned] = await (await front(metrics)).scan(await orderOf(['evil']))
    expect(scanned?.finding).toMatchObject({ outcome: 'abstain', reason: expect.stringMatching(/lost it/) })
    expect(answered).toBe(5)
    expect(metrics.text()).toMatch(/queue_failures_total\{backend="evil",reason="foreign"\} [1-9]/)
    expect(JSON.stringify(logger.warn.mock.calls)).toMatch(/not written with its key/)
  })

  it('does no jobs of somebody without the key', async () => {
    let looks = 0
    await work(
      backend(async () => {
        looks++
        return benign()
      }),
    )
    const queue = new Queue(key.queueOf('evil'), { prefix: QUEUE_PREFIX, connection: { url: redis.url } as never })
    ends.push(() => queue.close())
    await queue.add('scan', 'nonsense', { jobId: 'a' })
    await queue.add('scan', { guid: 'x' }, { jobId: 'b' })
    await vi.waitFor(async () => expect(await queue.getFailedCount()).toBe(2), { timeout: 20_000 })
    expect(looks).toBe(0)
  })

  it('shows no verdict to who can read in Redis', async () => {
    await work(backend(findsEvil))
    await (await front()).scan(await orderOf(['evil']))
    const seen = await redis.as(async (intruder) => {
      const hashes = await Promise.all(
        (await intruder.keys('*:?*')).map((each) => intruder.hgetall(each).catch(() => ({}))),
      )
      return JSON.stringify(hashes)
    })
    expect(seen).toMatch(/returnvalue/)
    expect(seen).not.toMatch(/malicious|Evil/)
  })

  it('takes the job with the earliest deadline first', async () => {
    // Where scans are short, two jobs are fetched at the same time, and the smaller artifact is there first: these are long.
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const order: string[] = []
    const held = Promise.withResolvers<void>()
    const source = await front()
    await work(
      backend(async (request) => {
        const text = Buffer.from(request.content).toString()
        order.push(text)
        if (text === 'first') await held.promise
        return benign()
      }),
      { concurrency: 1 },
    )
    const first = source.scan(await orderOf(['first']))
    await vi.waitFor(() => expect(order).toEqual(['first']), { timeout: 20_000 })
    const late = source.scan(await orderOf(['late'], { timeLeft: 500_000 }))
    await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 20_000 })
    const soon = source.scan(await orderOf(['soon'], { timeLeft: 100_000 }))
    await vi.waitFor(async () => expect(await waiting()).toBe(2), { timeout: 20_000 })
    vi.advanceTimersByTime(2_000)
    held.resolve()
    await Promise.all([first, late, soon])
    expect(order).toEqual(['first', 'soon', 'late'])
  })

  it('fetches the next artifact while it scans, where scans are short, and scans no more at a time than it may', async () => {
    const held = Promise.withResolvers<void>()
    const counts = { running: 0, most: 0, begun: 0 }
    await work(
      backend(async () => {
        counts.begun++
        counts.most = Math.max(counts.most, ++counts.running)
        if (counts.begun === 2) await held.promise
        counts.running--
        return benign()
      }),
      { concurrency: 1 },
    )
    const source = await front()
    await source.scan(await orderOf(['first']))
    const rest = source.scan(await orderOf(['second', 'third', 'fourth']))
    const standing = async () => [counts.begun, await waiting('active'), await waiting()]
    await vi.waitFor(async () => expect(await standing()).toEqual([2, 2, 1]), { timeout: 20_000 })
    held.resolve()
    expect(await outcomesOf(rest)).toEqual(['benign', 'benign', 'benign'])
    expect(counts.most).toBe(1)
  })

  it('is taken out of no faster than its limit says, by all workers together', async () => {
    const rateLimit = { max: 3, duration: 86_400_000 }
    for (let i = 0; i < 2; i++) await work(backend(findsEvil), { rateLimit })
    const stop = new AbortController()
    let found = 0
    const contents = ['evil', 'evil', 'evil', 'evil', 'evil']
    const scanning = (await front()).scan(await orderOf(contents, { signal: stop.signal, scanned: () => found++ }))
    await vi.waitFor(() => expect(found).toBe(3), { timeout: 20_000 })
    await vi.waitFor(async () => expect([await waiting(), await waiting('active')]).toEqual([2, 0]), {
      timeout: 20_000,
    })
    stop.abort(new DOMException('The time is over.', 'TimeoutError'))
    expect((await outcomesOf(scanning)).sort()).toEqual(['abstain', 'abstain', 'malicious', 'malicious', 'malicious'])
  })

  it('begins nothing whose time is over, and takes back what nobody waits for', async () => {
    const source = await front()
    const late = source.scan(await orderOf(['late'], { timeLeft: 0 }))
    await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 20_000 })
    const stop = new AbortController()
    const stopped = source.scan(await orderOf(['stopped'], { signal: stop.signal })).catch(() => 'stopped')
    await vi.waitFor(async () => expect(await waiting()).toBe(2), { timeout: 20_000 })
    stop.abort(new DOMException('Stopped.', 'AbortError'))
    expect(await stopped).toBe('stopped')
    await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 20_000 })
    let looks = 0
    await work(
      backend(async () => {
        looks++
        return benign()
      }),
    )
    const [scanned] = await late
    expect(scanned?.finding.reason).toMatch(/no time left/)
    expect(looks).toBe(0)
  })

  it('finishes what was begun when a worker is asked to stop', async () => {
    const begun = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const worker = await work(
      backend(async (request) => {
        begun.resolve()
        await held.promise
        return findsEvil(request)
      }),
    )
    const scanning = (await front()).scan(await orderOf(['evil']))
    await begun.promise
    const closing = worker.close()
    held.resolve()
    await closing
    expect(await outcomesOf(scanning)).toEqual(['malicious'])
  })

  it('gives a job of a worker whose backend hangs to another', async () => {
    let hung = 0
    await work(
      backend(() => {
        hung++
        return new Promise(() => undefined)
      }),
      { scanTimeLimit: 500, concurrency: 1 },
    )
    const scanning = (await front()).scan(await orderOf(['evil']))
    await vi.waitFor(() => expect(hung).toBe(1), { timeout: 20_000 })
    await work(backend(findsEvil))
    expect(await outcomesOf(scanning)).toEqual(['malicious'])
  })

  it('is seen in the metrics', async () => {
    const metrics = new Metrics()
    await work(backend(findsEvil))
    const source = await front(metrics)
    await source.scan(await orderOf(['evil']))
    await vi.waitFor(() => expect(metrics.text()).toMatch(/queue_workers\{backend="evil"\} [01]/), { timeout: 20_000 })
  })
})

async function waiting(...states: JobType[]): Promise<number> {
  const queue = new Queue(key.queueOf('evil'), { prefix: QUEUE_PREFIX, connection: { url: redis.url } as never })
  try {
    return await queue.getJobCountByTypes(...(states.length > 0 ? states : (['prioritized', 'waiting'] as const)))
  } finally {
    await queue.close()
  }
}
