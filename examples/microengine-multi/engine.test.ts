import { expect, test } from 'vitest'
import { EICAR, judge } from '../judge.fixture.ts'
import MultiMicroengine from './engine.ts'

test('makes one verdict of two findings, and says how sure it is', async () => {
  const [eicar, letter] = await judge(new MultiMicroengine(), [EICAR, 'a letter'])
  expect(eicar).toMatchObject({ outcome: 'malicious', family: 'EICAR-Test-File' })
  expect(eicar?.opinions?.map(({ backend }) => backend)).toContain('eicar')
  const [low = 1, high = 0] = eicar?.interval ?? []
  expect(low).toBeLessThan(eicar?.probability ?? 0)
  expect(high).toBeGreaterThan(eicar?.probability ?? 1)
  expect(letter).toMatchObject({ outcome: 'benign' })
})
