import { expect, it } from 'vitest'
import { BlockClock } from './block-clock.ts'

it('tells when a block comes, once two have come', () => {
  const clock = new BlockClock()
  expect(clock.timeOf(9, 0)).toBe(Number.POSITIVE_INFINITY)
  clock.beat(5, 1_000)
  expect(clock.timeOf(9, 1_000)).toBe(Number.POSITIVE_INFINITY)
  clock.beat(6, 1_500)
  expect(clock.interval).toBe(500)
  expect(clock.timeOf(9, 1_600)).toBe(3_000)
  expect(clock.timeOf(6, 1_600)).toBe(1_600)
})

it('does not take blocks for late that a block which is overdue holds up', () => {
  const clock = new BlockClock()
  clock.beat(5, 0)
  clock.beat(6, 500)
  expect(clock.timeOf(9, 10_000)).toBe(11_000)
})

it('knows how fast blocks come though many were heard of at the same moment', () => {
  const clock = new BlockClock()
  for (let head = 1; head <= 10; head++) clock.beat(head, head * 500)
  // The process stood still for 10 s.
  for (let head = 11; head <= 30; head++) clock.beat(head, 15_000 + head / 10)
  expect(clock.interval).toBeGreaterThan(400)
  expect(clock.interval).toBeLessThan(600)
})

it('takes no note of a block that it has heard of', () => {
  const clock = new BlockClock()
  clock.beat(5, 0)
  clock.beat(6, 500)
  clock.beat(6, 900)
  expect(clock.interval).toBe(500)
})

it('begins anew with another chain', () => {
  const clock = new BlockClock()
  clock.beat(500, 0)
  clock.beat(501, 500)
  clock.beat(3, 1_000)
  expect(clock.interval).toBeUndefined()
})
