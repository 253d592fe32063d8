import type { Verdict } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { eicarTruth } from './eicar-truth.ts'
import { truthInOrder } from './ordered-truth.ts'
import type { TruthSource } from './truth-source.ts'

const calls: string[] = []
const knows = (name: string, truth: Verdict | undefined): TruthSource => ({
  name,
  setup: async () => void calls.push(`${name} set up`),
  judge: async () => truth,
  teardown: async () => void calls.push(`${name} torn down`),
})
const request = {
  ...{
    content: eicarTestFile(),
    sha256: '',
    artifactType: 'file' as const,
    metadata: {},
    signal: new AbortController().signal,
  },
}

test('the first source that knows says what is true, and the next where it does not', async () => {
  expect(await truthInOrder([knows('one', 'benign'), eicarTruth()]).judge(request)).toBe('benign')
  expect(await truthInOrder([knows('one', undefined), eicarTruth()]).judge(request)).toBe('malicious')
  expect(await truthInOrder([knows('one', undefined)]).judge(request)).toBeUndefined()
})

test('all of them are set up and torn down', async () => {
  const truth = truthInOrder([knows('one', undefined), knows('two', undefined)])
  await truth.setup()
  await truth.teardown()
  expect(calls).toEqual(['one set up', 'two set up', 'one torn down', 'two torn down'])
  expect(truth.name).toBe('one, then two')
})
