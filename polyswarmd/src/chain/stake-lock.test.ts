import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lastOf } from './stake-lock.ts'

test('the last of a list is found without its length, in few looks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 3_000 }), async (list) => {
      let looks = 0
      const last = await lastOf(async (index) => {
        looks++
        return list[index] ?? null
      })
      expect(last).toBe(list.at(-1) ?? null)
      expect(looks).toBeLessThanOrEqual(2 + 2 * Math.ceil(Math.log2(list.length + 1)))
    }),
  )
})
