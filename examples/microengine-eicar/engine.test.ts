import { expect, test } from 'vitest'
import { EICAR, judge } from '../judge.fixture.ts'
import EicarMicroengine from './engine.ts'

test('knows the test file alone, byte for byte', async () => {
  const found = await judge(new EicarMicroengine(), [EICAR, `${EICAR} `, '', 'a letter'])
  expect(found.map(({ outcome }) => outcome)).toEqual(['malicious', 'benign', 'benign', 'benign'])
})
