import { expect, test } from 'vitest'
import { Interruption } from './interruption.js'

test('the first Ctrl-C stops, the second forces', () => {
  const interruption = new Interruption()
  expect(interruption.stopping.aborted).toBe(false)
  interruption.hear(1_000)
  expect([interruption.stopping.aborted, interruption.force.aborted]).toEqual([true, false])
  interruption.hear(2_000)
  expect(interruption.force.aborted).toBe(true)
})

test('a key press that comes from the terminal and through npm is one', () => {
  const interruption = new Interruption()
  interruption.hear(1_000)
  interruption.hear(1_003)
  interruption.hear(1_050)
  expect(interruption.force.aborted).toBe(false)
  interruption.hear(1_500)
  expect(interruption.force.aborted).toBe(true)
})

test('a market that ends by itself was not asked to, and can still be hurried', () => {
  const interruption = new Interruption()
  interruption.stop()
  expect([interruption.stopping.aborted, interruption.isAsked]).toEqual([true, false])
  interruption.hear(1_000)
  expect([interruption.isAsked, interruption.force.aborted]).toEqual([true, false])
})
