import { type Accuracy, consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import { getAddress } from 'viem/utils'
import { ConsumerRequestError } from '../errors.js'
import { type AccuracyJob, DAY } from '../store/accuracy-book.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { momentOf } from './instance-view.js'
import { none } from './instances.js'
import { pageOf } from './page.js'
import { BASE, originOf, partOf } from './request-parts.js'

const LAST = Number.MAX_SAFE_INTEGER

/** Where it is asked how right somebody was in a period: engines by their verdicts, arbiters by their votes. */
export function accuracyRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  const { assertionsJob, votesJob } = operations
  routesOf(app, options, { role: 'microengine', path: assertionsJob.path })
  routesOf(app, options, { role: 'arbiter', path: votesJob.path })
}

function routesOf(
  app: FastifyInstance,
  { store, callers }: ConsumerRoutesOptions,
  { role, path }: { role: AccuracyJob['role']; path: string },
): void {
  const { assertionsJob, assertionsJobOf, assertionsJobs, assertionsDays } = operations
  const shown = (job: AccuracyJob, origin: string): Accuracy => {
    const { record } = job
    return {
      ...{ id: String(job.id), engine_id: job.address, created: momentOf(job.created) },
      ...{ date_start: momentOf(job.firstDay * DAY), date_end: momentOf(job.endDay * DAY) },
      storage_path: `${origin}${BASE}${path}/days?id=${job.id}`,
      true_positive: record.truePositives,
      true_negative: record.trueNegatives,
      false_positive: record.falsePositives,
      false_negative: record.falseNegatives,
      suspicious: 0,
      unknown: record.unknown,
      total: Object.values(record).reduce((sum, count) => sum + count, 0),
    }
  }
  const own = async (account: number, id: string): Promise<AccuracyJob> =>
    (await store.accuracy.get(account, role, Number(id))) ?? none(`job ${id}`)

  app.post(path, async (request) => {
    const { id: account } = await callers.of(request)
    const { engine_id, date_start, date_end } = partOf(assertionsJob.body, request.body, 'body')
    const [firstDay, endDay] = [dayOf(date_start, 'date_start'), dayOf(date_end, 'date_end')]
    if (endDay <= firstDay) throw new ConsumerRequestError({ field: 'date_end', reason: 'it is not after date_start' })
    const address = getAddress(engine_id.toLowerCase())
    const asked = { role, address, created: Date.now(), firstDay, endDay }
    const job = await store.write(() => store.accuracy.ask(account, asked))
    return { status: 'OK', result: shown(job, originOf(request)) }
  })
  app.get(path, async (request) => {
    const { id: account } = await callers.of(request)
    const { id } = partOf(assertionsJobOf.query, request.query, 'query')
    return { status: 'OK', result: shown(await own(account, id), originOf(request)) }
  })
  app.delete(path, async (request) => {
    const { id: account } = await callers.of(request)
    const { id } = partOf(assertionsJobOf.query, request.query, 'query')
    const job = await own(account, id)
    await store.write(() => store.accuracy.delete(account, role, job.id))
    return { status: 'OK', result: shown(job, originOf(request)) }
  })
  app.get(`${path}/list`, async (request) => {
    const { id: account } = await callers.of(request)
    const { engine_id, offset, limit } = partOf(assertionsJobs.query, request.query, 'query')
    const before = /^\d{1,15}$/.test(offset ?? '') ? Number(offset) : LAST
    const address = engine_id === undefined ? undefined : getAddress(engine_id.toLowerCase())
    const made = await pageOf(
      limit,
      (count) => store.accuracy.list({ account, role, address }, before, count),
      async (job) => ({ element: shown(job, originOf(request)), bytes: 1_000, offset: String(job.id) }),
    )
    return { status: 'OK', ...made }
  })
  app.get(`${path}/days`, async (request, reply) => {
    const { id: account } = await callers.of(request)
    const { id } = partOf(assertionsDays.query, request.query, 'query')
    const days = await store.accuracy.days(await own(account, id))
    reply.type('text/csv').header('content-disposition', `attachment; filename=accuracy-${id}.csv`)
    const rows = days.map(({ day, record }) => [
      ...[momentOf(day * DAY).slice(0, 10), record.truePositives, record.trueNegatives, record.falsePositives],
      ...[record.falseNegatives, record.unknown],
    ])
    const header = ['day', 'true_positive', 'true_negative', 'false_positive', 'false_negative', 'unknown']
    return reply.serializer(String).send([header, ...rows].map((cells) => `${cells.join(',')}\r\n`).join(''))
  })
}

/** The day of a moment, in days since 1970. @throws ConsumerRequestError. */
function dayOf(text: string, field: string): number {
  const moment = Date.parse(text)
  if (Number.isNaN(moment)) throw new ConsumerRequestError({ field, reason: 'give a date, as 2026-01-31' })
  return Math.floor(moment / DAY)
}
