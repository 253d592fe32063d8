import { describe, expect, it } from 'vitest'
import { PerBlockCache } from './per-block-cache.ts'

describe('a fresh value', () => {
  it('is asked for once a block, by however many', async () => {
    const asked: number[] = []
    const value = new PerBlockCache(async (block) => asked.push(block))
    expect(await Promise.all([value.at(7), value.at(7), value.at(6)])).toEqual([1, 1, 1])
    expect(await value.at(8)).toBe(2)
    expect(asked).toEqual([7, 8])
  })

  it('is asked for again once it was dropped', async () => {
    let asked = 0
    const value = new PerBlockCache(async () => ++asked)
    await value.at(7)
    value.drop()
    expect(await value.at(7)).toBe(2)
  })

  it('is asked for again after a failure, which everybody hears of who waited', async () => {
    let asked = 0
    const value = new PerBlockCache(async () => {
      if (++asked === 1) throw new Error('no answer')
      return asked
    })
    const results = await Promise.allSettled([value.at(7), value.at(7)])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await value.at(7)).toBe(2)
  })
})
