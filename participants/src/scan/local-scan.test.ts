import { expect, it } from 'vitest'
import { benign, malicious, suspicious } from '../findings/finding.ts'
import { Microengine, type ScanRequest } from '../microengine/microengine.ts'
import type { LocalArtifact } from './local-artifact.ts'
import { scanLocally } from './local-scan.ts'
import { ScanProgress } from './scan-progress.ts'
import { ScanTally } from './scan-tally.ts'

class Engine extends Microengine {
  readonly judge: (name: string, signal: AbortSignal) => Promise<void>

  constructor(judge: Engine['judge']) {
    super({ name: 'test' })
    this.judge = judge
  }

  override async scan({ content, signal }: ScanRequest) {
    await this.judge(Buffer.from(content).toString(), signal)
    return benign()
  }
}

const limits = { maxArtifactSize: 1_000, scanTimeLimit: 10_000, members: false, signal: new AbortController().signal }

async function* artifacts(
  count: number,
  read: (name: string) => void = () => undefined,
): AsyncGenerator<LocalArtifact> {
  for (let i = 0; i < count; i++) {
    const name = `${i}`
    const artifact = { name, artifactType: 'file' as const, metadata: {} }
    yield {
      ...artifact,
      read: async () => {
        read(name)
        return new Uint8Array(Buffer.from(name))
      },
    }
  }
}

async function namesOf(scans: ReturnType<typeof scanLocally>): Promise<string[]> {
  return (await Array.fromAsync(scans)).map(({ name }) => name)
}

it('keeps the order, and holds no more than a few artifacts, while a slow one keeps none of the next waiting', async () => {
  let open = 0
  let most = 0
  let judged = 0
  const enough = Promise.withResolvers<void>()
  const engine = new Engine(async (name) => {
    most = Math.max(most, open)
    // The first is over when 60 others are.
    if (name === '0') await enough.promise
    else if (++judged === 60) enough.resolve()
    open--
  })
  const scans = scanLocally(
    artifacts(200, () => open++),
    { engine, ...limits },
  )
  expect(await namesOf(scans)).toEqual(Array.from({ length: 200 }, (_, i) => `${i}`))
  expect(most).toBeLessThanOrEqual(8)
})

it('gives an engine that never answers up after its time, and says so', async () => {
  const engine = new Engine(() => new Promise(() => undefined))
  const [scanned] = await Array.fromAsync(scanLocally(artifacts(1), { engine, ...limits, scanTimeLimit: 1 }))
  expect(scanned).toMatchObject({ finding: { outcome: 'abstain', reason: 'the scan was not over in time' } })
})

it('ends with the reason once it is stopped', async () => {
  const stop = new AbortController()
  const engine = new Engine(async () => stop.abort(new Error('enough')))
  await expect(namesOf(scanLocally(artifacts(100), { engine, ...limits, signal: stop.signal }))).rejects.toThrow(
    'enough',
  )
})

it('counts members for the status, and not as artifacts', () => {
  const of = (...findings: ReturnType<typeof benign>[]) => {
    const tally = new ScanTally()
    const [first = benign(), ...members] = findings.map((finding) => ({
      name: 'x',
      artifactType: 'file' as const,
      finding,
      milliseconds: 0,
    })) as [Parameters<ScanTally['add']>[0], ...Parameters<ScanTally['add']>[0][]]
    tally.add({ ...first, members } as Parameters<ScanTally['add']>[0])
    return [tally.status, tally.text]
  }
  expect(of(benign(), benign())).toEqual([0, '1 artifact: 1 benign'])
  expect(of(benign(), malicious())).toEqual([1, '1 artifact: 1 benign'])
  expect(of(benign(), suspicious())).toEqual([2, '1 artifact: 1 benign'])
  expect(new ScanTally().status).toBe(2)
})

it.each([
  [true, ['\r\x1b[Kscanned 2 of 9: two', '\r\x1b[K', '\r\x1b[Kscanned 4 of 9: four']],
  [false, ['scanned 4 of 9: four\n']],
])('tells how far it is, on a screen (%s) in a line that is taken away again', (onScreen, expected) => {
  const written: string[] = []
  let now = 0
  const progress = new ScanProgress({ write: (text) => written.push(text), onScreen, now: () => now })
  progress.tell(1, 9, 'one')
  now += 5_000
  progress.tell(2, 9, 'two')
  progress.clear()
  progress.clear()
  progress.tell(3, 9, 'three')
  now += 5_000
  progress.tell(4, 9, 'four')
  expect(written).toEqual(expected)
})
