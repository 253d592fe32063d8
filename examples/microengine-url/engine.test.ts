import { expect, test } from 'vitest'
import { judge } from '../judge.fixture.ts'
import engine from './engine.ts'

test('judges a URL by its text, and nothing else', async () => {
  const urls = ['http://bank.example/verify', 'https://example.org/', 'no URL']
  const found = await judge(engine.create(), urls, 'url')
  expect(found.map(({ outcome }) => outcome)).toEqual(['malicious', 'benign', 'abstain'])
})
