import { hasBit, maskFromBooleans, settle } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outcomeOf, type ToldAssertion, type ToldBounty } from './outcome.ts'

const addressOf = (index: number): `0x${string}` => `0x${String(index).padStart(40, '0')}`

const assertion = (artifacts: number) =>
  fc
    .record({
      mask: fc.array(fc.boolean(), { minLength: artifacts, maxLength: artifacts }),
      said: fc.array(fc.boolean(), { minLength: artifacts, maxLength: artifacts }),
      bids: fc.array(fc.bigInt(1n, 10n ** 18n), { minLength: artifacts, maxLength: artifacts }),
      revealed: fc.boolean(),
    })
    .map(
      ({ mask, said, bids, revealed }): Omit<ToldAssertion, 'author'> => ({
        mask,
        bid: bids.slice(0, mask.filter(Boolean).length),
        verdicts: revealed ? said : said.map(() => null),
        metadata: null,
      }),
    )

const bounty = fc.integer({ min: 1, max: 6 }).chain((artifacts) =>
  fc.record({
    artifacts: fc.constant(artifacts),
    unit: fc.bigInt(1n, 10n ** 18n),
    fee: fc.bigInt(0n, 10n ** 17n),
    assertions: fc.array(assertion(artifacts), { maxLength: 4 }),
    votes: fc.array(fc.array(fc.boolean(), { minLength: artifacts, maxLength: artifacts }), { maxLength: 3 }),
  }),
)

test('what the artifacts of a bounty cost and get back is together what the contract takes and pays', () => {
  fc.assert(
    fc.property(bounty, ({ artifacts, unit, fee, assertions, votes }) => {
      const told: ToldBounty = {
        ...{ phase: 'finished', artifacts, amount: unit * BigInt(artifacts), fee },
        assertions: assertions.map((each, index) => ({ ...each, author: addressOf(index + 1) })),
        votes: votes.map((each, index) => ({ voter: addressOf(index + 100), votes: each })),
      }
      const outcomes = Array.from({ length: artifacts }, (_, index) => outcomeOf(told, index))
      const sum = (of: 'reward' | 'fee' | 'refund') => outcomes.reduce((total, each) => total + each[of], 0n)
      const { payouts, consensus } = settle({
        ...{ author: addressOf(0), amount: told.amount, numArtifacts: artifacts, bountyFee: fee, assertionFee: 0n },
        assertions: told.assertions.map(({ author, mask, bid, verdicts }) => ({
          ...{ author, mask: maskFromBooleans(mask), bids: bid },
          verdicts: verdicts.includes(null) ? null : maskFromBooleans(verdicts.map((verdict) => verdict === true)),
        })),
        votes: told.votes.map(({ voter, votes: said }) => ({ voter, votes: maskFromBooleans(said) })),
      })
      expect(sum('reward') + sum('fee')).toBe(told.amount + fee)
      expect(sum('refund')).toBe(payouts[0]?.paid)
      expect(outcomes.map(({ truth }) => truth)).toEqual(
        Array.from({ length: artifacts }, (_, i) => (consensus === null ? null : hasBit(consensus, i))),
      )
    }),
  )
})

test('an engine whose metadata is too much is heard, and its family read', () => {
  const metadata = [{ malware_family: 'Emotet', heap: 'x'.repeat(10_000) }]
  const assertions = [{ author: addressOf(1), mask: [true], bid: [1n], verdicts: [true], metadata }]
  const told: ToldBounty = { phase: 'vote', artifacts: 1, amount: 1n, fee: 0n, assertions, votes: [] }
  expect(outcomeOf(told, 0).assertions).toEqual([
    { author: addressOf(1), bid: '1', verdict: true, metadata: { malware_family: 'Emotet' } },
  ])
})

test('of very many answers the highest bids are kept', () => {
  const assertions = Array.from({ length: 2_000 }, (_, i) => {
    return { author: addressOf(i), mask: [true], bid: [BigInt(i)], verdicts: [false], metadata: '' }
  })
  const told: ToldBounty = { phase: 'vote', artifacts: 1, amount: 1n, fee: 0n, assertions, votes: [] }
  const kept = outcomeOf(told, 0).assertions
  expect([kept.length, kept[0]?.bid, kept.at(-1)?.bid]).toEqual([512, '1999', '1488'])
})
