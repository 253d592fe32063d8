import fc from 'fast-check'
import { expect, it } from 'vitest'
import { YaraAnswers } from './yara-answers.ts'

const line = (value: unknown) => `${JSON.stringify(value)}\n`
const matches = (number: number) => line({ number, matches: [{ identifier: 'A', meta: {} }] })

function asked(number: number): YaraAnswers {
  const answers = new YaraAnswers()
  answers.push(line({ number: 0, ready: 'YARA-X' }))
  answers.ask(number)
  return answers
}

it('takes the answer to what was asked, in whatever pieces it comes', () => {
  fc.assert(
    fc.property(fc.nat({ max: 100 }), fc.nat({ max: 60 }), (number, cut) => {
      const answers = asked(number + 1)
      const text = matches(number + 1)
      const whole = [...answers.push(text.slice(0, cut)), ...answers.push(text.slice(cut))]
      expect(whole).toEqual([{ number: number + 1, matches: [{ identifier: 'A', meta: {} }] }])
    }),
  )
})

it.each([
  ['the answer to something else', matches(6)],
  ['an answer of before', matches(0)],
  ['two answers', matches(7) + matches(7)],
  ['half an answer more', `${matches(7)}{`],
  ['an answer about rules', line({ number: 7, ready: 'YARA-X' })],
  ['a number in words', line({ number: '7', matches: [] })],
  ['what a rule prints', 'hello\n'],
  ['something that is no match', line({ number: 7, matches: ['A'] })],
  ['an answer without an end', 'x'.repeat(9 * 1024 * 1024)],
])('takes no %s', (_, text) => {
  expect(() => asked(7).push(text)).toThrow()
})

it('takes nothing that was not asked', () => {
  const answers = asked(7)
  answers.push(matches(7))
  expect(() => answers.push('{')).toThrow('more than it was asked')
})

it('says nothing that is not an answer, whatever arrives', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (pieces) => {
      const answers = asked(7)
      try {
        for (const piece of pieces) for (const { number } of answers.push(piece)) expect(number).toBe(7)
      } catch (error) {
        expect((error as Error).message).toMatch(/^its? /)
      }
    }),
  )
})
