import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generatedBounties } from '../../../../../test/support/generated-bounties.ts'
import { payoutRows } from './payout-rows.ts'

test('what goes in is what comes out, to the base unit, and every row is the sum of its lines', () => {
  fc.assert(
    fc.property(generatedBounties(), (bounty) => {
      const rows = payoutRows(bounty, [])
      const sum = (name: 'putIn' | 'takesOut') => rows.reduce((total, row) => total + row[name], 0n)
      expect(sum('takesOut')).toBe(sum('putIn'))
      for (const { role, takesOut, lines } of rows) {
        if (role !== 'nobody') expect(lines.reduce((total, { paid }) => total + paid, 0n)).toBe(takesOut)
      }
    }),
  )
})
