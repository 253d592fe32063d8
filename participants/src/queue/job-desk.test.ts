import { newGuid } from '@polyswarm/protocol'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { JobDesk } from './job-desk.ts'
import { QueueKey } from './queue-key.ts'
import { QUEUE_PREFIX } from './queue-prefix.ts'
import { hasRedis, skipNote, TestRedis } from './redis.fixture.ts'
import { jobIdOf, type ScanJob } from './scan-job.ts'

const key = new QueueKey(Buffer.from('correct horse battery staple, 32'))
const DAY = 86_400_000

let server: TestRedis
let redis: Redis
beforeAll(async () => {
  if (!hasRedis) return
  server = await TestRedis.start()
  redis = new Redis(server.url)
})
afterAll(async () => {
  redis?.disconnect()
  await server?.kill()
})

const jobWithDeadline = (deadline: number): ScanJob => ({
  ...{ guid: newGuid(), uri: 'QmX', numArtifacts: 1, index: 0, artifactType: 'file', metadata: {}, deadline },
})

describe.skipIf(!hasRedis)(`the questions of a front${skipNote}`, () => {
  it('stay in the order of their deadlines while the weeks go by', async () => {
    const name = key.queueOf('evil')
    let now = 1_699_999_000_000
    const clock = { now: async () => now }
    const desk = new JobDesk({ queue: name, key, redis, clock, logger: { warn: vi.fn() } })
    const queue = new Queue(name, { prefix: QUEUE_PREFIX, connection: redis })
    const waiting = async () => (await queue.getJobs(['prioritized'], 0, -1, true)).map(({ id }) => id)
    const stop = new AbortController()
    const ask = (job: ScanJob): string => {
      desk.ask(job, stop.signal).catch(() => undefined)
      return jobIdOf(job)
    }
    const last = ask(jobWithDeadline(now + 60 * DAY))
    await vi.waitFor(async () => expect(await waiting()).toEqual([last]), { timeout: 20_000 })
    now += 30 * DAY
    const first = ask(jobWithDeadline(now + DAY))
    await vi.waitFor(async () => expect(await waiting()).toHaveLength(2), { timeout: 20_000 })
    now += 28 * DAY
    const second = ask(jobWithDeadline(now + DAY))
    await vi.waitFor(async () => expect(await waiting()).toEqual([first, second, last]), { timeout: 20_000 })
    stop.abort(new DOMException('It is over.', 'AbortError'))
    await queue.close()
    await desk.close()
  })
})
