import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tooManyReveals } from './reveal-pace.ts'

const calm = { due: 1, window: 10, blockTime: 500, each: 50, delay: 1, revealDelay: 2 }

describe('another reveal is taken on', () => {
  it('as long as all that are due together can be sent in half of the window', () => {
    expect(tooManyReveals({ ...calm, due: 50 })).toBeUndefined()
    expect(tooManyReveals({ ...calm, due: 51 })).toMatch(/^50 assertions .* no more than 50/)
  })

  it('as long as transactions take no more than half of the window', () => {
    expect(tooManyReveals({ ...calm, delay: 5 })).toBeUndefined()
    expect(tooManyReveals({ ...calm, delay: 6 })).toBe('transactions take 6 blocks, and a reveal has 10')
    expect(tooManyReveals({ ...calm, revealDelay: 7 })).toBeUndefined()
    expect(tooManyReveals({ ...calm, revealDelay: 8 })).toBe('reveals take 8 blocks of 10')
  })

  it('one for each block before anything was measured', () => {
    expect(tooManyReveals({ ...calm, each: undefined, due: 10 })).toBeUndefined()
    expect(tooManyReveals({ ...calm, blockTime: undefined, due: 11 })).toMatch(/no more than 10/)
  })

  it('alone, whatever was measured, where transactions are mined in time; and never more where all takes longer', () => {
    const situation = fc.record({
      due: fc.integer({ min: 1, max: 500 }),
      window: fc.integer({ min: 1, max: 100 }),
      blockTime: fc.integer({ min: 1, max: 20_000 }),
      each: fc.integer({ min: 1, max: 20_000 }),
      delay: fc.integer({ min: 0, max: 50 }),
      revealDelay: fc.integer({ min: 0, max: 50 }),
    })
    fc.assert(
      fc.property(situation, (all) => {
        expect(tooManyReveals({ ...all, due: 1, delay: 2, revealDelay: 2 })).toBeUndefined()
        const slower = { ...all, each: all.each * 2, delay: all.delay + 1, revealDelay: all.revealDelay + 1 }
        if (tooManyReveals(all) !== undefined) expect(tooManyReveals(slower)).toBeDefined()
      }),
    )
  })
})
