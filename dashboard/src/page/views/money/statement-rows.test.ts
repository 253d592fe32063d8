import { baseUnits, type Movement, newGuid } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { statementCsv } from './statement-csv.ts'
import { atRisk, statementRows } from './statement-rows.ts'

const address = '0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'

function movement(reason: Movement['reason'], direction: 'in' | 'out', units: bigint, guid = newGuid()): Movement {
  const txhash = `0x${'1'.repeat(64)}` as const
  const amount = baseUnits(units)
  return { block_number: 1, txhash, direction, amount, reason, guid, counterparty: address, gas_cost: null }
}

test('going back from the balance of now ends at what there was before the first movement', () => {
  const movements = fc.array(fc.tuple(fc.constantFrom('in' as const, 'out' as const), fc.bigInt(1n, 10n ** 30n)))
  fc.assert(
    fc.property(movements, fc.bigInt(0n, 10n ** 40n), (made, before) => {
      const all = made.map(([direction, units]) => movement('transfer', direction, units))
      const now = made.reduce((sum, [direction, units]) => (direction === 'in' ? sum + units : sum - units), before)
      const rows = statementRows(all, now)
      expect(rows[0]?.balance ?? before).toBe(now)
      const first = rows.at(-1)
      expect(first?.balance == null ? before : first.balance - first.change).toBe(before)
      expect(statementCsv(rows).split('\r\n')).toHaveLength(all.length + 2)
    }),
  )
})

test('a bid is at risk until its bounty has paid', () => {
  const [open, over] = [newGuid(), newGuid()]
  const movements = [
    movement('bid', 'out', 5n, open),
    movement('bid', 'out', 7n, over),
    movement('assertion-fee', 'out', 1n, open),
    movement('settlement', 'in', 9n, over),
  ]
  expect([...atRisk(movements)]).toEqual([[open, 5n]])
})
