import { expect, it } from 'vitest'
import { type CheckAnswer, checkSummary, nothingJudged } from './check-summary.js'

const answer = (outcome: string, reason = ''): CheckAnswer => ({
  ...{ artifact: 'EICAR', outcome, confidence: 0, family: '', reason, ms: 1 },
})

it('finds an engine whose service is dead', () => {
  const dead = [answer('abstain', 'http failed: fetch failed'), answer('abstain', 'http did not answer in time')]
  expect(nothingJudged(dead)).toBe('no artifact could be judged: http failed: fetch failed')
  expect(nothingJudged([...dead, answer('benign')])).toBeUndefined()
  expect(nothingJudged([answer('abstain', 'scratch has no opinion')])).toBeUndefined()
  // To know nothing of an artifact is an answer.
  expect(nothingJudged([answer('unknown')])).toBeUndefined()
})

it('ends with one line', () => {
  const answers = [answer('malicious'), answer('benign'), answer('benign')]
  expect(checkSummary('eicar', { answers, problems: [] })).toBe(
    'eicar: passed; 3 artifacts tried: 1 malicious, 2 benign',
  )
  expect(checkSummary('mine', { answers, problems: ['a', 'b'] })).toMatch(/^mine: failed, 2 problems; 3 artifacts/)
})
