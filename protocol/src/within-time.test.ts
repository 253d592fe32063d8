import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withinTime } from './within-time.ts'

const ended = (signal: AbortSignal) =>
  new Promise<Error>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)))

describe('withinTime', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('leaves neither a timer nor a listener behind, however the work ends', async () => {
    const outer = new AbortController()
    expect(await withinTime(60_000, [outer.signal, undefined], async () => 7)).toBe(7)
    await expect(withinTime(60_000, [outer.signal], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect([vi.getTimerCount(), getEventListeners(outer.signal, 'abort').length]).toEqual([0, 0])
  })

  it('ends the work when its time is over, not before, and says so', async () => {
    const work = withinTime(1_000, [], ended)
    await vi.advanceTimersByTimeAsync(999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect((await work).name).toBe('TimeoutError')
  })

  it('gives as much time as a timer can where it is more than that', async () => {
    const work = withinTime(Number.MAX_SAFE_INTEGER, [], ended)
    await vi.advanceTimersByTimeAsync(2 ** 31 - 2)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect((await work).name).toBe('TimeoutError')
  })

  it('ends the work when another signal ends, or had ended before, for the same reason', async () => {
    const [outer, reason] = [new AbortController(), new Error('stopped')]
    const work = withinTime(1_000, [new AbortController().signal, outer.signal], ended)
    outer.abort(reason)
    expect(await work).toBe(reason)
    expect(await withinTime(1_000, [outer.signal], async ({ reason }) => reason)).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('may be used a thousand times at once under one signal, without a warning', async () => {
    const warned = vi.fn()
    process.on('warning', warned)
    const outer = new AbortController()
    const works = Array.from({ length: 1_000 }, () => withinTime(1_000, [outer.signal], ended))
    outer.abort(new Error('stopped'))
    await Promise.all(works)
    await vi.advanceTimersToNextTimerAsync()
    process.off('warning', warned)
    expect(warned).not.toHaveBeenCalled()
  })
})
