import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generatedBounties } from '../../test/support/generated-bounties.ts'
import { parseNct } from './amount.ts'
import { InvalidMaskError } from './errors.ts'
import { hasBit } from './mask.ts'
import { payoutLines } from './payout-lines.ts'
import { settle } from './settlement.ts'
import { bidOn, isCorrect, type SettledAssertion, type SettlementInput } from './settlement-input.ts'

const author = '0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const engine = (number: number) => `0xe${String(number).padStart(39, '0')}` as const
const arbiter = (number: number) => `0xa${String(number).padStart(39, '0')}` as const

/** An assertion: bids in NCT; verdicts as letters, artifact 0 first, m and b, - where it did not bid; '' never revealed. */
function asserted(number: number, bids: string[], letters: string, revealed = true): SettledAssertion {
  const bits = (letter: RegExp) =>
    [...letters].reduce((set, l, i) => (letter.test(l) ? set | (1n << BigInt(i)) : set), 0n)
  return { author: engine(number), mask: bits(/[mb]/), bids: bids.map(parseNct), verdicts: revealed ? bits(/m/) : null }
}

function bounty(
  reward: string,
  numArtifacts: number,
  assertions: SettledAssertion[],
  votes: bigint[],
): SettlementInput {
  return {
    author,
    amount: parseNct(reward),
    numArtifacts,
    bountyFee: parseNct('0.0625'),
    assertionFee: parseNct('0.03125'),
    assertions,
    votes: votes.map((set, i) => ({ voter: arbiter(i), votes: set })),
  }
}

/** Payouts in base units by role, in the order of the input, and what was burned. */
function outcome(input: SettlementInput) {
  const { payouts, burned } = settle(input)
  const of = (role: string) => payouts.filter((payout) => payout.role === role).map(({ paid }) => paid)
  return { ambassador: of('ambassador')[0], engines: of('microengine'), arbiters: of('arbiter'), burned }
}

const nct = parseNct
const three = [asserted(1, ['1'], 'm'), asserted(2, ['0.5'], 'm'), asserted(3, ['0.5'], 'b')]

test('A: the right share the reward and the bids of the wrong in proportion to their own; dust is burned', () => {
  expect(outcome(bounty('2', 1, three, [1n]))).toEqual({
    ambassador: 0n,
    engines: [2_666_666_666_666_666_666n, 1_333_333_333_333_333_332n, 0n],
    arbiters: [nct('0.15625')],
    burned: 2n,
  })
})

test('B16: a tie of the arbiters convicts, and only the arbiter that agrees is paid', () => {
  expect(outcome(bounty('2', 1, three, [1n, 0n]))).toEqual({
    ambassador: 0n,
    engines: [2_666_666_666_666_666_666n, 1_333_333_333_333_333_332n, 0n],
    arbiters: [nct('0.15625'), 0n],
    burned: 2n,
  })
})

test('C: without votes fees and bids go back, and the reward is shared by bid among those who revealed', () => {
  const engines = [nct('2.03125'), nct('1.03125'), nct('1.03125')]
  expect(outcome(bounty('2', 1, three, []))).toEqual({ ambassador: nct('0.0625'), engines, arbiters: [], burned: 0n })
})

test('D: nobody asserted and an arbiter voted', () => {
  const expected = { ambassador: nct('2'), engines: [], arbiters: [nct('0.0625')], burned: 0n }
  expect(outcome(bounty('2', 1, [], [1n]))).toEqual(expected)
})

test('E: nobody came', () => {
  expect(outcome(bounty('2', 1, [], []))).toEqual({ ambassador: nct('2.0625'), engines: [], arbiters: [], burned: 0n })
})

test('F: who does not reveal is wrong', () => {
  const assertions = [asserted(1, ['1'], 'm', false), asserted(2, ['0.5'], 'm')]
  const expected = { ambassador: 0n, engines: [0n, nct('3.5')], arbiters: [nct('0.125')], burned: 0n }
  expect(outcome(bounty('2', 1, assertions, [1n]))).toEqual(expected)
})

test('G: where every engine was wrong the reward goes back and the lost bids are burned, not the arbiter’s', () => {
  const assertions = [asserted(1, ['1'], 'b'), asserted(2, ['0.5'], 'b')]
  const expected = { ambassador: nct('2'), engines: [0n, 0n], arbiters: [nct('0.125')], burned: nct('1.5') }
  expect(outcome(bounty('2', 1, assertions, [1n]))).toEqual(expected)
})

const partial = [asserted(1, ['1', '0.5'], 'mm-'), asserted(2, ['0.5'], 'b--')]

test('H16: of an artifact on which nobody asserted the reward goes back', () => {
  const expected = { ambassador: nct('2'), engines: [nct('6'), 0n], arbiters: [nct('0.125')], burned: 0n }
  expect(outcome(bounty('6', 3, partial, [0b011n]))).toEqual(expected)
})

test('I16: without votes the reward of an artifact on which nobody revealed goes back, and dust is burned', () => {
  const engines = [4_864_583_333_333_333_333n, 1_197_916_666_666_666_666n]
  expect(outcome(bounty('6', 3, partial, []))).toEqual({ ambassador: nct('2.0625'), engines, arbiters: [], burned: 1n })
})

test('J: without votes who did not reveal gets back fee and bid, and no part of the reward', () => {
  const assertions = [asserted(1, ['1'], 'm', false), asserted(2, ['0.5'], 'm')]
  const engines = [nct('1.03125'), nct('2.53125')]
  const expected = { ambassador: nct('0.0625'), engines, arbiters: [], burned: 0n }
  expect(outcome(bounty('2', 1, assertions, []))).toEqual(expected)
})

test('fees go to the arbiters in proportion to the artifacts on which they agree with the consensus', () => {
  expect(outcome(bounty('4', 2, [], [0b11n, 0b11n, 0b01n])).arbiters).toEqual([
    (nct('0.0625') * 2n) / 5n,
    (nct('0.0625') * 2n) / 5n,
    nct('0.0625') / 5n,
  ])
})

test('what does not divide by the artifacts is the ambassador’s', () => {
  const input = { ...bounty('6', 3, [asserted(1, ['1', '1', '1'], 'mmm')], [0b111n]), amount: nct('6') + 2n }
  expect(outcome(input)).toMatchObject({ ambassador: 2n, engines: [nct('9')], burned: 0n })
})

const escrowOf = ({ amount, bountyFee, assertionFee, assertions }: SettlementInput) =>
  amount +
  bountyFee +
  assertions.flatMap(({ bids }) => bids).reduce((a, b) => a + b, assertionFee * BigInt(assertions.length))

test('payouts and what is burned are exactly what was put in, and nothing is negative', () => {
  fc.assert(
    fc.property(generatedBounties({ maxAssertions: 8, maxVotes: 7 }), (input) => {
      const { payouts, burned } = settle(input)
      for (const { paid } of payouts) expect(paid).toBeGreaterThanOrEqual(0n)
      expect(payouts.reduce((sum, { paid }) => sum + paid, burned as bigint)).toBe(escrowOf(input))
      expect(payouts).toHaveLength(1 + input.assertions.length + input.votes.length)
    }),
    { numRuns: 300 },
  )
})

test('without lost bids that nobody won, less is burned than there are divisions', () => {
  fc.assert(
    fc.property(generatedBounties(), (input) => {
      const { consensus, burned } = settle(input)
      let lost = 0n
      for (let artifact = 0; consensus !== null && artifact < input.numArtifacts; artifact++) {
        if (input.assertions.some((assertion) => isCorrect(assertion, artifact, consensus))) continue
        for (const assertion of input.assertions) lost += bidOn(assertion, artifact)
      }
      const bids = input.assertions.reduce((count, assertion) => count + assertion.bids.length, 0)
      expect(burned - lost).toBeGreaterThanOrEqual(0n)
      expect(burned - lost).toBeLessThanOrEqual(BigInt(2 * bids + input.votes.length))
    }),
    { numRuns: 300 },
  )
})

test('with votes, an engine that is wrong on everything or never reveals gets nothing, and one that is right never loses', () => {
  fc.assert(
    fc.property(
      generatedBounties().filter(({ votes }) => votes.length > 0),
      (input) => {
        const { payouts, consensus } = settle(input)
        input.assertions.forEach((assertion, j) => {
          const paid = payouts[1 + j]?.paid ?? -1n
          const right = Array.from({ length: input.numArtifacts }, (_, i) => isCorrect(assertion, i, consensus ?? 0n))
          if (!right.includes(true)) expect(paid).toBe(0n)
          const kept = right.reduce((sum, correct, i) => (correct ? sum + bidOn(assertion, i) : sum), 0n)
          expect(paid).toBeGreaterThanOrEqual(kept)
        })
      },
    ),
    { numRuns: 300 },
  )
})

test('without votes nobody loses anything, only who revealed gains, and only dust is burned', () => {
  fc.assert(
    fc.property(generatedBounties({ maxVotes: 0 }), (input) => {
      const { payouts, consensus, burned } = settle(input)
      expect(consensus).toBeNull()
      expect(burned).toBeLessThanOrEqual(BigInt(input.assertions.length * input.numArtifacts))
      expect(payouts[0]?.paid).toBeGreaterThanOrEqual(input.bountyFee)
      input.assertions.forEach(({ bids, verdicts }, j) => {
        const paidIn = bids.reduce((a, b) => a + b, input.assertionFee)
        if (verdicts === null) expect(payouts[1 + j]?.paid).toBe(paidIn)
        else expect(payouts[1 + j]?.paid).toBeGreaterThanOrEqual(paidIn)
      })
    }),
  )
})

test('without votes an engine that divides its bids among many accounts gains no more than one', () => {
  const parts = fc.record({ part: fc.bigInt({ min: 1n, max: 10n ** 18n }), count: fc.integer({ min: 1, max: 40 }) })
  fc.assert(
    fc.property(generatedBounties({ numArtifacts: 1, maxVotes: 0 }), parts, (input, { part, count }) => {
      const as = (bid: bigint, number: number) => ({
        author: engine(900 + number),
        mask: 1n,
        bids: [bid],
        verdicts: 1n,
      })
      const gainOf = (own: SettledAssertion[]) => {
        const { payouts } = settle({ ...input, assertions: [...own, ...input.assertions] })
        return payouts.slice(1, 1 + own.length).reduce((sum, { paid }) => sum + paid - input.assertionFee, 0n)
      }
      const gain = gainOf(Array.from({ length: count }, (_, number) => as(part, number)))
      const ofOne = gainOf([as(part * BigInt(count), 0)])
      expect(gain).toBeLessThanOrEqual(ofOne)
      expect(gain + BigInt(count)).toBeGreaterThanOrEqual(ofOne)
    }),
  )
})

test('an arbiter is paid from the fees alone: bids and rewards make no difference to it', () => {
  fc.assert(
    fc.property(generatedBounties(), (input) => {
      const fees = input.bountyFee + input.assertionFee * BigInt(input.assertions.length)
      const arbiters = (of: SettlementInput) => settle(of).payouts.filter(({ role }) => role === 'arbiter')
      const poorer = input.assertions.map((assertion) => ({
        ...assertion,
        bids: assertion.bids.map(() => 1n),
        verdicts: null,
      }))
      expect(arbiters({ ...input, assertions: poorer, amount: 1n })).toEqual(arbiters(input))
      expect(arbiters(input).reduce((sum, { paid }) => sum + paid, 0n)).toBeLessThanOrEqual(fees)
    }),
  )
})

test('the order of assertions and votes makes no difference to what each is paid', () => {
  fc.assert(
    fc.property(generatedBounties(), (input) => {
      const turned = { ...input, assertions: input.assertions.toReversed(), votes: input.votes.toReversed() }
      const sorted = (of: SettlementInput) =>
        settle(of)
          .payouts.map((p) => `${p.role} ${p.address} ${p.paid}`)
          .sort()
      expect(sorted(turned)).toEqual(sorted(input))
      expect(settle(turned).burned).toBe(settle(input).burned)
    }),
  )
})

test('verdicts on artifacts outside its mask change nothing for an engine', () => {
  fc.assert(
    fc.property(generatedBounties(), (input) => {
      const assertions = input.assertions.map((assertion) => ({
        ...assertion,
        verdicts: assertion.verdicts === null ? null : assertion.verdicts & assertion.mask,
      }))
      expect(settle({ ...input, assertions })).toEqual(settle(input))
    }),
  )
})

test('a bid is found by its place among the set bits of the mask', () => {
  fc.assert(
    fc.property(generatedBounties({ maxVotes: 0 }), ({ assertions, numArtifacts }) => {
      for (const assertion of assertions) {
        const artifacts = Array.from({ length: numArtifacts }, (_, i) => i).filter((i) => hasBit(assertion.mask, i))
        expect(artifacts.map((artifact) => bidOn(assertion, artifact))).toEqual(assertion.bids)
        expect(bidOn({ mask: assertion.mask & ~1n, bids: [] }, 0)).toBe(0n)
      }
    }),
  )
})

test('a right answer on an artifact needs a bid, a reveal and the consensus', () => {
  expect(isCorrect({ mask: 0b10n, verdicts: 0b10n }, 0, 0b11n)).toBeUndefined()
  expect(isCorrect({ mask: 0b10n, verdicts: 0b10n }, 1, 0b11n)).toBe(true)
  expect(isCorrect({ mask: 0b10n, verdicts: 0b00n }, 1, 0b01n)).toBe(true)
  expect(isCorrect({ mask: 0b10n, verdicts: 0b10n }, 1, 0b01n)).toBe(false)
  expect(isCorrect({ mask: 0b10n, verdicts: null }, 1, 0b00n)).toBe(false)
})

test.each([0, 257])('no bounty of %d artifacts is settled', (numArtifacts) => {
  expect(() => settle(bounty('2', numArtifacts, [], []))).toThrow(InvalidMaskError)
  expect(() => settle(bounty('2', numArtifacts, [], [0n]))).toThrow(InvalidMaskError)
})

test('every line of a payout is what its rule makes of its numbers, and pays something', () => {
  fc.assert(
    fc.property(generatedBounties(), (bounty) => {
      for (const line of payoutLines(bounty)) {
        expect(line.paid).toBeGreaterThan(0n)
        if (line.rule === 'lost-bids') expect(line.paid).toBe((line.bid * line.lost) / line.won)
        if (line.rule === 'reward') expect(line.paid).toBe((line.bid * line.reward) / line.won)
        if (line.rule === 'fees') expect(line.paid).toBe((line.fees * line.agreed) / line.agreements)
      }
    }),
  )
})
