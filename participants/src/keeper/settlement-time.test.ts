import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTimeToSettle } from './settlement-time.ts'

const PATIENCE = 16

/** The first block, as the newest, at which a claim is settled. */
function firstTime(since: number, end: number): number {
  for (let head = since; ; head++) if (isTimeToSettle({ since, end }, head, PATIENCE)) return head
}

test('what becomes due shortly before the end of a vote is settled with what is due at its end', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(PATIENCE + 4), (quorum, left) => {
      const end = quorum + left
      expect(firstTime(quorum, end)).toBe(firstTime(end, end))
    }),
  )
})

test('nothing waits so long that parties settle by themselves who leave it to a keeper', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(200), (quorum, left) => {
      expect(firstTime(quorum, quorum + left)).toBeLessThan(quorum + 24)
    }),
  )
})
