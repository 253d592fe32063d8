import fc from 'fast-check'
import { expect, test } from 'vitest'
import { QueuedBytes } from './queued-bytes.ts'

test('a piece counts once for all who wait for it, until the last has it', () => {
  const pieces = [10, 20, 30].map((bytes) => ({ bytes }))
  const step = fc.record({ piece: fc.constantFrom(...pieces), hold: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const queued = new QueuedBytes(35)
      const waiting = new Map(pieces.map((piece) => [piece, 0]))
      for (const { piece, hold } of steps) {
        const readers = waiting.get(piece) ?? 0
        if (!hold && readers === 0) continue
        waiting.set(piece, readers + (hold ? 1 : -1))
        if (hold) queued.hold(piece, piece.bytes)
        else queued.release(piece, piece.bytes)
        const expected = pieces.reduce((sum, one) => sum + ((waiting.get(one) ?? 0) > 0 ? one.bytes : 0), 0)
        expect([queued.held, queued.exceeded]).toEqual([expected, expected > 35])
      }
    }),
  )
})
