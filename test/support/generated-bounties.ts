import type { SettledAssertion, SettledVote, SettlementInput } from '@polyswarm/protocol'
import fc from 'fast-check'

const NCT = 10n ** 18n
const MINIMUM_BID = NCT / 16n
const MINIMUM_REWARD = 2n * NCT
const MAXIMUM_FEE = 10n * NCT

/** Numbers of artifacts at which the contracts pack bits, bids or votes in another way. */
const EDGES = [1, 3, 4, 5, 32, 33, 255, 256]

/** Accounts of engines, arbiters and the ambassador: the first few of them can have more than one role. */
const account = (role: 'a' | 'e', index: number) =>
  `0x${role.repeat(38)}${index.toString(16).padStart(2, '0')}` as const

/** Amounts that leave dust wherever they are divided, and the limits of what the contracts take. */
const between = (min: bigint, max: bigint) =>
  fc.oneof({ weight: 6, arbitrary: fc.bigInt({ min, max }) }, fc.constantFrom(min, max))

const setOf = (numArtifacts: number) =>
  fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => BigInt(`0x${bytes.toHex()}`) >> BigInt(256 - numArtifacts))

const assertionOn = (numArtifacts: number) =>
  fc
    .record({
      mask: fc
        .oneof(setOf(numArtifacts), fc.constant((1n << BigInt(numArtifacts)) - 1n))
        .map((mask) => (mask === 0n ? 1n : mask)),
      bids: fc.array(between(MINIMUM_BID, NCT), { minLength: numArtifacts, maxLength: numArtifacts }),
      verdicts: fc.option(setOf(numArtifacts), { freq: 5 }),
    })
    .map(({ mask, bids, verdicts }) => ({
      mask,
      bids: bids.slice(0, mask.toString(2).replaceAll('0', '').length),
      verdicts: verdicts === null ? null : verdicts & mask,
    }))

/** What a generated bounty may be. */
export interface GeneratedBounties {
  /** By default mostly few, sometimes one of the numbers at which the contracts change their ways. */
  numArtifacts?: number
  maxAssertions?: number
  maxVotes?: number
}

/** A bounty that the contracts would take, with everything that happened to it until settlement. */
export function generatedBounties({ numArtifacts, maxAssertions = 5, maxVotes = 5 }: GeneratedBounties = {}) {
  const artifacts =
    numArtifacts === undefined
      ? fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.constantFrom(...EDGES))
      : fc.constant(numArtifacts)
  return artifacts.chain((count): fc.Arbitrary<SettlementInput> => {
    const minimum = MINIMUM_REWARD * BigInt(count)
    return fc
      .record({
        amount: between(minimum, minimum + 100n * NCT),
        bountyFee: between(0n, MAXIMUM_FEE),
        assertionFee: between(0n, MAXIMUM_FEE),
        assertions: fc.array(assertionOn(count), { maxLength: maxAssertions }),
        votes: fc.array(setOf(count), { maxLength: maxVotes }),
        authorAsserts: fc.boolean(),
        enginesVote: fc.boolean(),
      })
      .map(({ assertions, votes, authorAsserts, enginesVote, ...terms }) => ({
        ...terms,
        numArtifacts: count,
        author: account('e', authorAsserts ? 0 : 99),
        assertions: assertions.map((assertion, i): SettledAssertion => ({ author: account('e', i), ...assertion })),
        votes: votes.map((set, i): SettledVote => ({ voter: account(enginesVote ? 'e' : 'a', i), votes: set })),
      }))
  })
}
