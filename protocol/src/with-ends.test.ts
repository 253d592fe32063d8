import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { withEnds } from './with-ends.ts'

const ended = (signal: AbortSignal) =>
  new Promise<Error>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)))

it('leaves no listener behind, however the work ends', async () => {
  const outer = new AbortController()
  expect(await withEnds([outer.signal, undefined], async () => 7)).toBe(7)
  await expect(withEnds([outer.signal], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(getEventListeners(outer.signal, 'abort')).toEqual([])
})

it('ends the work when another signal ends, or had ended before, for the same reason', async () => {
  const [outer, reason] = [new AbortController(), new Error('stopped')]
  const work = withEnds([new AbortController().signal, outer.signal], ({ signal }) => ended(signal))
  outer.abort(reason)
  expect(await work).toBe(reason)
  expect(await withEnds([outer.signal], async ({ signal }) => signal.reason)).toBe(reason)
})

it('lets the work end what it has begun, and nothing else', async () => {
  const [outer, reason] = [new AbortController(), new Error('one of them failed')]
  const work = withEnds([outer.signal], async (end) => {
    const begun = ended(end.signal)
    end.abort(reason)
    return begun
  })
  expect(await work).toBe(reason)
  expect(outer.signal.aborted).toBe(false)
})
