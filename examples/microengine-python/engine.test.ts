import { expect, test } from 'vitest'
import { EICAR, judge } from '../judge.fixture.ts'
import PythonMicroengine from './engine.ts'

test('takes the answers of a program in Python', async () => {
  const found = await judge(new PythonMicroengine(), [EICAR, 'a letter', ''])
  expect(found).toMatchObject([
    { outcome: 'malicious', family: 'EICAR-Test-File' },
    { outcome: 'benign', confidence: 0.5 },
    { outcome: 'unknown' },
  ])
})
