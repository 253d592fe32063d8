import { type MarketEvent, newGuid } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { KeeperWatch } from './keeper-watch.ts'

const guid = newGuid()

/** A reveal in a transaction, as the event stream tells it. */
function reveal(author: string, txhash: string, block: number): MarketEvent {
  return { event: 'reveal', data: { author }, txhash, block_number: block } as unknown as MarketEvent
}

test('nothing is left to keepers while none was seen', () => {
  const watch = new KeeperWatch(() => 1_000)
  expect(watch.revealFrom(100, 20, 100)).toBe(100)
  expect(watch.settleFrom(guid, 130, 130, 3)).toBe(130)
  watch.hear(reveal('a', '0x1', 100))
  watch.hear(reveal('b', '0x2', 100))
  watch.hear(reveal('b', '0x2', 100))
  expect(watch.revealFrom(100, 20, 100)).toBe(100)
})

test('where one transaction did something for two, a reveal waits for half of its window, and a settlement for some blocks', () => {
  const watch = new KeeperWatch(() => 1_000)
  watch.hear(reveal('a', '0x1', 100))
  watch.hear(reveal('b', '0x1', 100))
  expect(watch.revealFrom(100, 21, 100)).toBe(110)
  // Where transactions take long, less is left to it.
  expect(watch.revealFrom(100, 20, 100, 4)).toBe(110)
  expect(watch.revealFrom(100, 20, 100, 7)).toBe(105)
  expect(watch.revealFrom(100, 20, 100, 12)).toBe(100)
  expect(watch.settleFrom(guid, 0, 130, 3)).toBe(157)
  expect(watch.settleFrom(guid, 0, 140, 3)).toBe(157)
  expect(watch.isLeft(guid)).toBe(true)
})

test('a keeper is relied on for some time after it was seen, and no more once something was left to it for nothing', () => {
  const watch = new KeeperWatch(() => 1_000)
  watch.seen(100)
  expect(watch.settleFrom(guid, 400, 400, 0)).toBe(400)
  expect(watch.revealFrom(300, 20, 300)).toBe(310)
  watch.missed()
  expect(watch.revealFrom(300, 20, 300)).toBe(300)
})

test('no reveal is left to a keeper where the rest of the window would be too short, or is not known to be long enough', () => {
  for (const [blockTime, from] of [
    [undefined, 300],
    [190, 300],
    [200, 310],
  ] as const) {
    const watch = new KeeperWatch(() => blockTime)
    watch.seen(300)
    expect(watch.revealFrom(300, 20, 300)).toBe(from)
  }
})
