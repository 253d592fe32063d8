import type { Accuracy } from '@polyswarm/protocol/consumer'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConsumerService } from '../consumer-service.fixture.ts'
import { runCommand } from '../run-command.fixture.ts'

const ENGINE = `0x${'e1'.repeat(20)}`
const now = () => Date.parse('2026-03-31T22:00:00Z')

let service: ConsumerService
let body: object
beforeEach(async () => {
  service = await ConsumerService.start()
  service.misbehave = (request, response) => {
    if (!request.url?.startsWith('/v3/consumer/assertions-job')) return false
    Array.fromAsync(request as AsyncIterable<Buffer>).then((parts) => {
      body = JSON.parse(Buffer.concat(parts).toString())
      service.answer(response, { result: accuracy })
    })
    return true
  }
})
afterEach(() => service.stop())

const accuracy: Accuracy = {
  ...{ id: '1', engine_id: ENGINE, created: '2026-03-31T22:00:00Z', storage_path: null, suspicious: 0 },
  ...{ date_start: '2026-03-02T00:00:00Z', date_end: '2026-04-01T00:00:00Z' },
  ...{ true_positive: 9, false_negative: 3, true_negative: 4, false_positive: 1, unknown: 2, total: 19 },
}

const polyswarm = (...words: string[]) => runCommand(['-u', service.url, 'engine', ...words], { now })

it('how right an engine was is asked for the last 30 days, or for those that are named', async () => {
  const { status, stdout } = await polyswarm('assertions', ENGINE)
  expect(body).toEqual({ engine_id: ENGINE, date_start: '2026-03-02', date_end: '2026-04-01' })
  expect(stdout).toContain('2026-03-02 to 2026-03-31')
  expect(stdout).toMatch(/malicious +9 of 12 right\nbenign +4 of 5 right\nnobody can tell +2\n$/)
  expect(status).toBe(0)
  await polyswarm('assertions', ENGINE, '--from', '2026-01-05', '--to', '2026-01-05')
  expect(body).toMatchObject({ date_start: '2026-01-05', date_end: '2026-01-06' })
})

it.each([
  [['assertions', '0x12']],
  [['assertions', ENGINE, '--from', 'yesterday']],
  [['assertions', ENGINE, '--from', '2026-13-01']],
  [['assertions', ENGINE, '--from', '2026-02-01', '--to', '2026-01-01']],
  [['opinions', ENGINE]],
  [[]],
])('%j is refused with one sentence', async (words) => {
  const { status, stderr } = await polyswarm(...words)
  expect([status, stderr === '']).toEqual([2, false])
})
