import { expect, test } from 'vitest'
import { Places } from './places.ts'

test('so much goes on and so much waits, in order; what comes then is refused until there is a place again', async () => {
  const places = new Places(2, 2)
  const works = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const begun: number[] = []
  const runs = works.slice(0, 4).map(({ promise }, index) =>
    places.run(async () => {
      begun.push(index)
      await promise
    }),
  )
  await expect(places.run(async () => undefined)).rejects.toMatchObject({ code: 'OVERLOADED', retryAfter: 1 })
  expect(begun).toEqual([0, 1])
  works[0]?.resolve()
  await runs[0]
  await expect.poll(() => begun).toEqual([0, 1, 2])
  works[1]?.reject(new Error('failed'))
  await expect(runs[1]).rejects.toThrow('failed')
  await expect.poll(() => begun).toEqual([0, 1, 2, 3])
  for (const { resolve } of works) resolve()
  await Promise.all(runs.slice(2))
  expect(await places.run(async () => 'free')).toBe('free')
})
