import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { zipOf } from '../archives/archive.fixture.ts'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { eicarBackend } from '../backends/eicar/eicar-backend.ts'
import { benign, type Finding } from '../findings/finding.ts'
import type { AnalysisBackend } from './analysis-backend.ts'
import { runBackends } from './backend-runner.ts'

async function judge(content: Uint8Array, wantsMembers = true): Promise<Finding | undefined> {
  const backend: AnalysisBackend = { ...eicarBackend(), wantsMembers }
  const request = { content, artifactType: 'file' as const, metadata: {}, signal: AbortSignal.timeout(20_000) }
  const [answer] = await runBackends([backend], request, 20_000)
  return answer?.finding
}

/** Processes that this one has started. */
function children(): number[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map(Number)
}

const letter = Buffer.from('a letter '.repeat(50))

describe('an archive', () => {
  it('is malicious for one malicious member, however deep, and says which', async () => {
    const eicar = Buffer.concat([letter, eicarTestFile()])
    const archive = gzipSync(zipOf({ letter, 'sub/bad': eicar }))
    expect(await judge(archive)).toMatchObject({ outcome: 'malicious', metadata: { member: 'unpacked/sub/bad' } })
  })

  it('is not opened for a backend that does not want it', async () => {
    expect(await judge(gzipSync(eicarTestFile()), false)).toMatchObject({ outcome: 'benign' })
    expect(await judge(gzipSync(eicarTestFile()), true)).toMatchObject({ outcome: 'malicious' })
  })

  it('is benign only if all of it could be read', async () => {
    expect(await judge(zipOf({ letter }))).toMatchObject({ outcome: 'benign' })
    expect(await judge(zipOf({ letter }, { flags: 1 }))).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringContaining('encrypted'),
    })
  })

  it('that breaks what opens it is unknown, and the next one is opened', async () => {
    const large = zipOf(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}`, randomBytes(8_000_000)])))
    const killer: AnalysisBackend = {
      ...eicarBackend(),
      wantsMembers: true,
      analyze: async ({ content }) => {
        if (content.length === 8_000_000) for (const pid of children()) process.kill(pid, 'SIGKILL')
        return benign()
      },
    }
    const request = { content: large, artifactType: 'file' as const, metadata: {}, signal: AbortSignal.timeout(20_000) }
    const [broken] = await runBackends([killer], request, 20_000)
    expect(broken?.finding).toMatchObject({ outcome: 'unknown', reason: expect.stringContaining('was not opened') })
    // One that was idle was killed, too.
    await expect.poll(children).toEqual([])
    expect(await judge(gzipSync(eicarTestFile()))).toMatchObject({ outcome: 'malicious' })
  })

  it('that is a bomb is a finding', async () => {
    expect(await judge(gzipSync(Buffer.alloc(300_000_000)))).toMatchObject({
      outcome: 'suspicious',
      family: 'Archive.Bomb',
    })
  })
})
