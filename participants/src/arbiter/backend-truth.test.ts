import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { runBackends } from '../analysis/backend-runner.ts'
import { tarOf, zipOf } from '../archives/archive.fixture.ts'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { contrarianBackend } from '../backends/contrarian/contrarian-backend.ts'
import { eicarBackend } from '../backends/eicar/eicar-backend.ts'
import { benign } from '../findings/finding.ts'
import { BackendTruth } from './backend-truth.ts'
import { eicarTruth } from './eicar-truth.ts'

const eicar = eicarTestFile()
const letter = Buffer.from('a letter')

function requestOf(content: Uint8Array, signal = new AbortController().signal) {
  return {
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
    artifactType: 'file' as const,
    metadata: {},
    signal,
  }
}

it.each([
  ['the test file', eicar, 'malicious'],
  ['a text', letter, 'benign'],
  ['a packed test file', gzipSync(eicar), 'malicious'],
  ['an archive in an archive', zipOf({ 'a.tgz': gzipSync(tarOf([{ content: eicar }])) }), 'malicious'],
  ['an archive of texts', zipOf({ letter }), 'benign'],
  ['what cannot be opened', zipOf({ letter }, { flags: 1 }), undefined],
  ['a format that is not opened', Buffer.from('LZIP\x01 and so on'), undefined],
] as const)('the eicar truth about %s is what the eicar engine says', async (_, content, truth) => {
  expect((await eicarTruth().judge(requestOf(content))).verdict).toBe(truth)
  const [answer] = await runBackends([eicarBackend()], requestOf(content), 10_000)
  expect(answer?.finding.outcome).toBe(truth ?? 'unknown')
  const [wrong] = await runBackends([contrarianBackend()], requestOf(content), 10_000)
  // Wrong or right, it goes by the same truth, and by none where there is none.
  expect(wrong?.finding.outcome === 'unknown').toBe(truth === undefined)
})

it('of a URL, the eicar truth and the eicar engine know nothing, and nothing passes for benign', async () => {
  const url = { ...requestOf(Buffer.from('https://example.org/setup.exe')), artifactType: 'url' as const }
  expect(await eicarTruth().judge(url)).toEqual({ verdict: undefined, reason: 'a URL is no file' })
  const [answer, wrong] = await runBackends([eicarBackend(), contrarianBackend()], url, 10_000)
  expect(answer?.finding.outcome).toBe('unknown')
  expect(wrong?.finding.outcome).toBe('suspicious')
})

it('tries the passwords that the ambassador names', async () => {
  const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>()
  const truth = new BackendTruth({
    ...eicarBackend(),
    analyze: async ({ metadata }) => {
      resolve(metadata)
      return benign()
    },
  })
  await truth.judge({ ...requestOf(letter), metadata: { password: 'secret' } })
  expect(await promise).toEqual({ password: 'secret' })
})

it('has learned nothing where it is stopped, and says so', async () => {
  const stop = new AbortController()
  const truth = new BackendTruth({
    ...eicarBackend(),
    analyze: () => new Promise(() => stop.abort(new Error('stopped'))),
  })
  await expect(truth.judge(requestOf(letter, stop.signal))).rejects.toThrow('stopped')
})

it('is to be asked again about what its backend fails on', async () => {
  const truth = new BackendTruth({ ...eicarBackend(), analyze: () => Promise.reject(new Error('broken')) })
  await expect(truth.judge(requestOf(letter))).rejects.toThrow(/cannot be asked now: eicar failed: broken/)
})
