import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Judgement } from '../runtime/journal/judgement-book.ts'
import { ballotOf } from './ballot.ts'

const judged = (letters: string): Judgement[] =>
  [...letters].map((letter, artifact) => ({
    artifact,
    sha256: `${artifact}`.padStart(64, '0'),
    truth: letter === 'm' ? 'malicious' : letter === 'b' ? 'benign' : undefined,
    source: undefined,
    pending: false,
  }))

it('is what is known, where all is', () => {
  expect(ballotOf(judged('mbm'), { choice: 'abstain', most: 0 })).toEqual({ votes: 0b101n, guessed: [] })
})

it('is none where something is not known, unless a guess is asked for', () => {
  expect(ballotOf(judged('m?b'), { choice: 'abstain', most: 1 })).toMatchObject({
    reason: expect.stringContaining(`artifact 1 (sha256 ${'1'.padStart(64, '0')})`),
  })
  expect(ballotOf(judged('m?b'), { choice: 'malicious', most: 0.5 })).toEqual({ votes: 0b011n, guessed: [1] })
  expect(ballotOf(judged('m?b'), { choice: 'benign', most: 0.5 })).toEqual({ votes: 0b001n, guessed: [1] })
})

it('guesses no more than its share, and never on a single artifact unless the share is all', () => {
  const policy = { choice: 'benign', most: 0.05 } as const
  expect(ballotOf(judged(`?${'b'.repeat(255)}`), policy)).toMatchObject({ guessed: [0] })
  expect(ballotOf(judged('?'.repeat(13) + 'b'.repeat(243)), policy)).toMatchObject({ reason: expect.any(String) })
  expect(ballotOf(judged('?'), policy)).toMatchObject({ reason: expect.stringMatching(/no more than 5 % are guessed/) })
  expect(ballotOf(judged('?'), { ...policy, most: 1 })).toEqual({ votes: 0n, guessed: [0] })
})

it('never says benign of what is not known unless that was chosen', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...'mb?'), { minLength: 1, maxLength: 256 }),
      fc.constantFrom('abstain' as const, 'malicious' as const),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (letters, choice, most) => {
        const ballot = ballotOf(judged(letters.join('')), { choice, most })
        if ('reason' in ballot) {
          expect(letters).toContain('?')
          return
        }
        for (const [index, letter] of letters.entries()) {
          expect((ballot.votes >> BigInt(index)) & 1n).toBe(letter === 'b' ? 0n : 1n)
        }
      },
    ),
  )
})
