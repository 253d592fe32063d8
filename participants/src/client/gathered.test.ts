import { expect, it } from 'vitest'
import { Gathered } from './gathered.ts'

/** Work that is over when the test says so; what is odd fails. */
function gathering(most = 3) {
  const begun: { items: readonly number[]; end: (error?: Error) => void }[] = []
  const gathered = new Gathered<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) =>
          error
            ? reject(error)
            : resolve(
                items.map((item) =>
                  item % 2 === 0
                    ? { status: 'fulfilled', value: item * 10 }
                    : { status: 'rejected', reason: new Error(`${item} is odd`) },
                ),
              )
        begun.push({ items, end })
      }),
    (items) => Math.min(items.length, most),
  )
  return { gathered, begun }
}

it('does together what comes in one turn, and what gathers meanwhile, as many as fit, and tells each of its own', async () => {
  const { gathered, begun } = gathering()
  const first = [2, 4].map((item) => gathered.add(item))
  await expect.poll(() => begun.length).toBe(1)
  const later = Promise.allSettled([6, 7, 8, 10].map((item) => gathered.add(item)))
  expect(begun.map(({ items }) => items)).toEqual([[2, 4]])
  begun[0]?.end()
  expect(await Promise.all(first)).toEqual([20, 40])
  await expect.poll(() => begun.length).toBe(2)
  begun[1]?.end()
  await expect.poll(() => begun.length).toBe(3)
  begun[2]?.end()
  expect(begun.map(({ items }) => items)).toEqual([[2, 4], [6, 7, 8], [10]])
  expect((await later).map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual(
    [60, 'Error: 7 is odd', 80, 100],
  )
})

it('fails all of what failed as a whole, and goes on with what came after', async () => {
  const { gathered, begun } = gathering(0)
  const all = Promise.allSettled([2, 4].map((item) => gathered.add(item)))
  await expect.poll(() => begun.length).toBe(1)
  begun[0]?.end(new Error('no answer'))
  await expect.poll(() => begun.length).toBe(2)
  begun[1]?.end()
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  const after = gathered.add(6)
  await expect.poll(() => begun.length).toBe(3)
  begun[2]?.end()
  expect(await after).toBe(60)
})
