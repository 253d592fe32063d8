import { expect, test } from 'vitest'
import { SharedQuestions } from './shared-questions.ts'

/** A question that is answered when it is told to, with the number of times that it was asked. */
function slowQuestion() {
  const answers: PromiseWithResolvers<number>[] = []
  return {
    answers,
    ask: () => {
      const answer = Promise.withResolvers<number>()
      answers.push(answer)
      return answer.promise
    },
  }
}

test('who comes while a question is under way shares the next, which begins when the first is answered', async () => {
  const questions = new SharedQuestions()
  const { answers, ask } = slowQuestion()
  const first = questions.ask('a', ask)
  const later = [questions.ask('a', ask), questions.ask('a', ask), questions.ask('a', ask)]
  expect(answers).toHaveLength(1)
  answers[0]?.resolve(1)
  expect(await first).toBe(1)
  await expect.poll(() => answers.length).toBe(2)
  const last = questions.ask('a', ask)
  answers[1]?.resolve(2)
  expect(await Promise.all(later)).toEqual([2, 2, 2])
  await expect.poll(() => answers.length).toBe(3)
  answers[2]?.resolve(3)
  expect(await last).toBe(3)
})

test('a failure is that of those who asked, not of those who ask afterwards; other questions are their own', async () => {
  const questions = new SharedQuestions()
  const { answers, ask } = slowQuestion()
  const first = questions.ask('a', ask)
  const second = questions.ask('a', ask)
  const other = questions.ask('b', async () => 'b')
  answers[0]?.reject(new Error('the node is away'))
  await expect(first).rejects.toThrow('the node is away')
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.resolve(2)
  expect(await second).toBe(2)
  expect(await other).toBe('b')
})
