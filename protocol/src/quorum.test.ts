import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasBit } from './mask.ts'
import { consensusOf, decidedArtifacts, quorumReached, type Vote } from './quorum.ts'

/** Votes on one artifact from a text: m malicious, b benign. */
const votesOf = (text: string): Vote[] => [...text].map((letter) => ({ votes: letter === 'm' ? 1n : 0n }))

test.each([
  ['m', 1n],
  ['b', 0n],
  ['mb', 1n],
  ['mbb', 0n],
  ['mmbb', 1n],
  ['mmbbb', 0n],
  ['mbbbbbbbbbb', 0n],
])('the votes %s make %d: a tie convicts, one in eleven does not', (votes, consensus) => {
  expect(consensusOf(votesOf(votes), 1)).toBe(consensus)
})

test.each([
  ['', 3, false],
  ['m', 1, true],
  ['m', 2, true],
  ['b', 2, false],
  ['bb', 2, true],
  ['m', 3, false],
  ['mb', 3, false],
  ['mm', 3, true],
  ['bb', 3, true],
  ['mm', 4, true],
  ['bb', 4, false],
  ['bbb', 4, true],
  ['mbmb', 4, true],
])('the votes %j of %d arbiters: quorum %s', (votes, arbiters, reached) => {
  expect(quorumReached(votesOf(votes), 1, arbiters)).toBe(reached)
})

test('every artifact must be decided', () => {
  const votes = [{ votes: 0b01n }, { votes: 0b11n }]
  expect(decidedArtifacts(votes, 2, 4)).toBe(0b01n)
  expect(quorumReached(votes, 2, 4)).toBe(false)
  expect(quorumReached([...votes, { votes: 0b10n }], 2, 4)).toBe(true)
})

test('an artifact is decided exactly when no way to cast the missing votes changes its consensus', () => {
  const arbiterCount = 6
  const cast = fc.array(fc.nat(7), { minLength: 1, maxLength: arbiterCount })
  fc.assert(
    fc.property(cast, (sets) => {
      const votes = sets.map((set) => ({ votes: BigInt(set) }))
      const missing = arbiterCount - votes.length
      const decided = decidedArtifacts(votes, 3, arbiterCount)
      for (let artifact = 0; artifact < 3; artifact++) {
        const futures = Array.from({ length: missing + 1 }, (_, malicious) => [
          ...votes,
          ...Array<Vote>(malicious).fill({ votes: 7n }),
          ...Array<Vote>(missing - malicious).fill({ votes: 0n }),
        ])
        const outcomes = new Set(futures.map((future) => hasBit(consensusOf(future, 3), artifact)))
        const now = hasBit(consensusOf(votes, 3), artifact)
        expect(hasBit(decided, artifact)).toBe(outcomes.size === 1 && outcomes.has(now))
      }
    }),
  )
})

test('once reached, a quorum stays and its consensus with it, whatever else is voted', () => {
  const set = fc.bigInt({ min: 0n, max: 15n }).map((votes) => ({ votes }))
  fc.assert(
    fc.property(fc.array(set, { minLength: 1, maxLength: 9 }), (votes) => {
      const first = votes.findIndex((_, i) => quorumReached(votes.slice(0, i + 1), 4, votes.length))
      const consensus = consensusOf(votes.slice(0, first + 1), 4)
      for (let count = first + 1; count <= votes.length; count++) {
        expect(quorumReached(votes.slice(0, count), 4, votes.length)).toBe(true)
        expect(consensusOf(votes.slice(0, count), 4)).toBe(consensus)
      }
    }),
  )
})

test('the order of the votes makes no difference', () => {
  const set = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map((votes) => ({ votes }))
  fc.assert(
    fc.property(fc.array(set, { maxLength: 5 }), fc.integer({ min: 1, max: 256 }), (votes, numArtifacts) => {
      const reversed = votes.toReversed()
      expect(consensusOf(reversed, numArtifacts)).toBe(consensusOf(votes, numArtifacts))
      expect(decidedArtifacts(reversed, numArtifacts, 5)).toBe(decidedArtifacts(votes, numArtifacts, 5))
    }),
  )
})
