import { type Guid, guidFromUint128 } from '@polyswarm/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DutyKind, DutyQueue, type Lane, laneOf, type QueuedDuty } from './duty-queue.ts'

const LANES: Lane[] = ['deadline', 'ordinary', 'decision']
const KINDS: DutyKind[] = ['reveal', 'settle', 'decide']
const guidOf = (number: number): Guid => guidFromUint128(BigInt(number))

const block = fc.integer({ min: 0, max: 20 })
const duty = fc.record({
  guid: fc.integer({ min: 0, max: 5 }).map(guidOf),
  kind: fc.constantFrom(...KINDS),
  from: block,
  by: block,
  until: fc.option(block, { nil: undefined }).map((until) => until as number),
})
const step = fc.oneof(
  duty.map((put) => ({ put })),
  duty.map((drop) => ({ drop })),
  fc.constantFrom(...LANES).map((take) => ({ take })),
  fc.constant({ advance: 1 }),
)

describe('DutyQueue', () => {
  it('holds one entry for each duty, and hands out the most urgent that is due, whatever happened before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new DutyQueue()
        const model = new Map<string, QueuedDuty>()
        let head = 0
        for (const each of steps) {
          if ('put' in each) {
            queue.put(each.put)
            model.set(`${each.put.kind} ${each.put.guid}`, each.put)
          } else if ('drop' in each) {
            queue.drop(each.drop)
            model.delete(`${each.drop.kind} ${each.drop.guid}`)
          } else if ('advance' in each) {
            const ended = queue.advance(++head)
            const over = [...model].filter(([, { until }]) => until !== undefined && until < head)
            expect(new Set(ended)).toEqual(new Set(over.map(([, duty]) => duty)))
            for (const [name] of over) model.delete(name)
          } else {
            const due = [...model.values()].filter(({ kind, from }) => laneOf(kind) === each.take && from <= head)
            const next = queue.peek(each.take)
            expect(next?.by).toBe(due.length === 0 ? undefined : Math.min(...due.map(({ by }) => by)))
            if (!next) continue
            expect(due).toContain(next)
            queue.take(next)
            model.delete(`${next.kind} ${next.guid}`)
          }
          expect(queue.size).toBe(model.size)
        }
      }),
    )
  })

  it('looks at nothing that is not due: a block costs the same whatever is queued for later', () => {
    const compared = (later: number): number => {
      const queue = new DutyQueue()
      queue.advance(10)
      for (let i = 0; i < later; i++) queue.put({ guid: guidOf(i), kind: 'reveal', from: 1_000 + i, by: 2_000 })
      queue.put({ guid: guidOf(later), kind: 'reveal', from: 11, by: 20 })
      let looks = 0
      const counted = new Proxy<QueuedDuty>(
        { guid: guidOf(later), kind: 'reveal', from: 11, by: 20 },
        { get: (target, key) => [looks++, Reflect.get(target, key)][1] },
      )
      queue.put(counted)
      looks = 0
      queue.advance(11)
      expect(queue.peek('deadline')).toBe(counted)
      return looks
    }
    expect(compared(10_000)).toBeLessThan(compared(10) + 20)
  })
})
