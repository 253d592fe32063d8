import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { Capacity } from '../access/capacity.ts'
import { BODY_LIMIT, BodyReader } from './request-body.ts'

const read = (reader: BodyReader, text: string, limit = 1_000_000, announced = Number.NaN) =>
  reader.read(Readable.from([Buffer.from(text)]), { limit, announced })

test('a body is read up to its limit, whether it says how long it is or not', async () => {
  const reader = new BodyReader()
  expect(await read(reader, '{"a":10000000000000000000000001}')).toEqual({ a: 10_000_000_000_000_000_000_000_001n })
  expect(await read(reader, '')).toBeNull()
  expect(await read(reader, '[1]', 3, 3)).toEqual([1])
  await expect(read(reader, '[12]', 3)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE', status: 413 })
  await expect(read(reader, '', 3, 4)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
  await expect(read(reader, '[')).rejects.toThrow(SyntaxError)
})

test('what finds no room beside other bodies is refused, and the room is there again when these are through', async () => {
  const reader = new BodyReader(new Capacity(100))
  const slow = new PassThrough()
  const first = reader.read(slow, { limit: 1_000, announced: Number.NaN })
  slow.write(`"${'x'.repeat(79)}`)
  await expect.poll(() => slow.readableLength).toBe(0)
  const second = read(reader, `"${'y'.repeat(30)}"`)
  await expect(second).rejects.toMatchObject({ code: 'OVERLOADED', status: 503, retryAfter: 1 })
  slow.end('"')
  expect(await first).toBe('x'.repeat(79))
  for (let body = 0; body < 5; body++) expect(await read(reader, `"${'y'.repeat(90)}"`)).toBe('y'.repeat(90))
})

test('a body that does not arrive is given up, with the room that it took', async () => {
  const reader = new BodyReader(new Capacity(100), 20)
  const stuck = new PassThrough()
  stuck.write('x'.repeat(90))
  const reading = reader.read(stuck, { limit: 1_000, announced: 95 })
  await expect(reading).rejects.toMatchObject({ code: 'BODY_TOO_SLOW', status: 408 })
  expect(await read(reader, `"${'y'.repeat(90)}"`)).toBe('y'.repeat(90))
})

test('large bodies are read one a turn: what else there is to do comes between them', async () => {
  const reader = new BodyReader()
  const large = `"${'x'.repeat(BODY_LIMIT)}"`
  const order: string[] = []
  const bodies = Array.from({ length: 4 }, () => read(reader, large).then(() => order.push('body')))
  const turns = (left: number): void => {
    order.push('turn')
    if (left > 0) setImmediate(turns, left - 1)
  }
  turns(12)
  await Promise.all(bodies)
  expect(order.join(' ')).not.toContain('body body')
})
