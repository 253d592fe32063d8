import type { Verdict } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { TruthUnavailableError } from '../errors.ts'
import { eicarTruth } from './eicar-truth.ts'
import { OrderedTruth } from './ordered-truth.ts'
import { SettledTruth } from './settled-truth.ts'
import type { ArbiterMemory, TruthSource } from './truth-source.ts'

const calls: string[] = []
const knows = (name: string, verdict: Verdict | undefined): TruthSource => ({
  name,
  setup: async () => void calls.push(`${name} set up`),
  judge: async () => ({ verdict, reason: `as ${name} says` }),
  teardown: async () => void calls.push(`${name} torn down`),
})
const away = new TruthUnavailableError({ source: 'away', reason: 'no connection' })
const request = {
  content: eicarTestFile(),
  sha256: 'aa',
  artifactType: 'file' as const,
  metadata: {},
  signal: new AbortController().signal,
}
const memory: ArbiterMemory = { settled: () => 'benign', decided: () => undefined }

test('the first source that knows says what is true, and all that were asked are on record', async () => {
  const first = await new OrderedTruth([knows('one', 'benign'), eicarTruth()]).judge(request)
  expect(first).toEqual({
    verdict: 'benign',
    testimonies: [{ source: 'one', verdict: 'benign', reason: 'as one says' }],
  })
  const second = await new OrderedTruth([knows('one', undefined), eicarTruth()]).judge(request)
  expect(second.verdict).toBe('malicious')
  expect(second.testimonies.map(({ source }) => source)).toEqual(['one', 'eicar'])
  expect((await new OrderedTruth([knows('one', undefined)]).judge(request)).verdict).toBeUndefined()
})

test('a source that cannot be asked is not passed over: none behind it answers in its place', async () => {
  const source = { ...knows('away', undefined), judge: () => Promise.reject(away) }
  const inquiry = await new OrderedTruth([knows('one', undefined), source, knows('last', 'benign')]).judge(request)
  expect(inquiry).toMatchObject({ verdict: undefined, unavailable: away })
  expect(inquiry.testimonies.map(({ source: name }) => name)).toEqual(['one', 'away'])
})

test('what fails for another reason is an error', async () => {
  const source = { ...knows('broken', undefined), judge: () => Promise.reject(new TypeError('a mistake')) }
  await expect(new OrderedTruth([source]).judge(request)).rejects.toThrow('a mistake')
})

test('what was learned since is recalled by the hash alone', async () => {
  const truth = new OrderedTruth([knows('one', 'malicious'), new SettledTruth()])
  await truth.setup(memory)
  expect(truth.recall('aa')).toMatchObject({ source: 'settled', verdict: 'benign' })
})

test('all of them are set up and torn down', async () => {
  calls.length = 0
  const truth = new OrderedTruth([knows('one', undefined), knows('two', undefined)])
  await truth.setup(memory)
  await truth.teardown()
  expect(calls).toEqual(['one set up', 'two set up', 'one torn down', 'two torn down'])
  expect(truth.name).toBe('one, then two')
})
