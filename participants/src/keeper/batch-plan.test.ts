import type { Guid, ListedClaim, ListedOpening } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planBatches } from './batch-plan.ts'

const guid = fc.nat(5).map((n) => `00000000-0000-4000-8000-00000000000${n}` as Guid)
const account = fc.nat(200).map((n) => `0x${n.toString(16).padStart(40, '0')}` as const)
const artifacts = fc.constantFrom(1, 3, 24, 64, 256)
const opening: fc.Arbitrary<ListedOpening> = fc.record({
  bounty_guid: guid,
  author: account,
  nonce: fc.constant(1n) as fc.Arbitrary<ListedOpening['nonce']>,
  verdicts: fc.constant([true]),
  metadata: fc.string({ maxLength: 1024 }),
  num_artifacts: artifacts,
  end: fc.nat(100),
})
const claim: fc.Arbitrary<ListedClaim> = fc.record({
  bounty_guid: guid,
  account,
  num_artifacts: artifacts,
  since: fc.nat(100),
  end: fc.nat(100),
})

test('every item is in one batch, within the limits unless it is alone, and reveals go by their deadlines', () => {
  const limits = fc.record({ gas: fc.bigInt(200_000n, 20_000_000n), items: fc.integer({ min: 1, max: 40 }) })
  fc.assert(
    fc.property(fc.array(opening), fc.array(claim), limits, (openings, claims, limit) => {
      const planned = planBatches(openings, claims, limit)
      const ends = planned.flatMap(({ batch }) =>
        batch.openings.map(({ guid, author }) =>
          openings.filter((item) => item.bounty_guid === guid && item.author === author).map(({ end }) => end),
        ),
      )
      expect(ends).toHaveLength(openings.length)
      expect(planned.flatMap(({ batch }) => batch.claims)).toHaveLength(claims.length)
      const sorted = openings.map(({ end }) => end).sort((a, b) => a - b)
      for (const [index, end] of sorted.entries()) expect(ends[index]).toContain(end)
      for (const { batch, gas } of planned) {
        const items = batch.openings.length + batch.claims.length
        expect(items).toBeGreaterThan(0)
        expect(gas > batch.gasEach).toBe(true)
        if (items > 1) expect(items <= limit.items && gas <= limit.gas).toBe(true)
      }
    }),
  )
})

test('what shares a bounty shares its gas', () => {
  const bounty = '00000000-0000-4000-8000-000000000001' as Guid
  const authors = Array.from({ length: 10 }, (_, n) => `0x${n.toString(16).padStart(40, '0')}` as const)
  const [one] = fc.sample(opening, 1) as [ListedOpening]
  const openings = authors.map((author) => ({ ...one, bounty_guid: bounty, author, num_artifacts: 64, metadata: '' }))
  expect(planBatches(openings, [], { gas: 12_000_000n, items: 100 })).toHaveLength(1)
})
