import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { BountySourceError } from '@polyswarm/participants/ambassador'
import { createInstanceRequest } from '@polyswarm/protocol/consumer'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ArtifactShelf } from '../intake/artifact-shelf.ts'
import { SubmissionDesk } from '../intake/submission-desk.ts'
import { ConsumerStore } from '../store/consumer-store.ts'
import { testDatabases } from '../store/databases.fixture.ts'
import { ConsumerSource } from './consumer-source.ts'

let directory: string
let store: ConsumerStore
let shelf: ArtifactShelf
let desk: SubmissionDesk
let now = 1_000_000
const ordered = new Set<string>()

afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const source = (gather = 100) =>
  new ConsumerSource({ store, shelf, gather, now: () => now, isOrdered: (_guid, plan) => ordered.has(plan) })

async function submit(text: string, request: Record<string, unknown> = {}): Promise<void> {
  const account = await store.accounts.named('ann', { budget: null, submissionsPerHour: null }, now)
  const body = createInstanceRequest.parse({ artifact_name: `${text}.txt`, ...request })
  await desk.submit(account, body, Readable.from([Buffer.from(text)]))
}

describe.each(await testDatabases())('with $name', ({ fresh }) => {
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'source-'))
    store = await ConsumerStore.open(directory, await fresh())
    shelf = new ArtifactShelf(join(directory, 'artifacts'))
    const limits = { maxArtifactSize: 1_000, maxStoredBytes: 1_000_000, budget: null, retention: null, freshFor: 0 }
    desk = new SubmissionDesk({ ...limits, store, shelf, changed: () => undefined, now: () => now })
    await store.setPrice({ reward: 90n, fee: 10n })
    ordered.clear()
  })

  test('what comes within the wait is one bounty, by type, privacy and price', async () => {
    const making = source()
    await submit('one')
    await submit('two', { private: true })
    await submit('http://example.com/', { artifact_type: 'URL', artifact_name: 'http://example.com/' })
    now += 50
    await submit('three')
    await store.setPrice({ reward: 190n, fee: 10n })
    await submit('four')
    expect(await making.plan()).toEqual([])
    now += 50
    const plans = await making.plan()
    const bounties = []
    for (const plan of plans) {
      const names = (await making.artifacts(plan)).map(({ name }) => name.slice(0, 9))
      const { most, artifactType } = await making.termsOf(plan)
      bounties.push({ names, most, type: artifactType })
    }
    expect(bounties).toEqual([
      { names: ['one.txt', 'three.txt'], most: 200n, type: 'file' },
      // By its hash: what a private file is called is nobody's business.
      { names: [expect.stringMatching(/^[0-9a-f]{9}$/)], most: 100n, type: 'file' },
      { names: [expect.stringMatching(/^[0-9a-f]{9}$/)], most: 100n, type: 'url' },
    ])
    now += 100
    expect(await making.plan()).toHaveLength(1)
    expect(await making.plan()).toEqual([])
  })

  test('256 do not wait, and the next ones are another bounty', async () => {
    for (let i = 0; i < 257; i++) await submit(`file ${i}`)
    const making = source(1_000_000)
    const [plan = '', ...more] = await making.plan()
    expect(more).toEqual([])
    expect(await making.artifacts(plan)).toHaveLength(256)
    expect(await making.plan()).toEqual([])
  })

  test('a bounty that a crash kept from the journal is handed over again, under the same guid; no other is', async () => {
    await submit('one')
    now += 100
    const [lost = ''] = await source().plan()
    const { guid } = await source().termsOf(lost)
    await submit('two')
    now += 100
    const [known = ''] = await source()
      .plan()
      .then((plans) => plans.filter((plan) => plan !== lost))
    ordered.add(known)
    const again = source()
    expect(await again.plan()).toEqual([lost])
    expect((await again.termsOf(lost)).guid).toBe(guid)
    expect(await again.plan()).toEqual([])
  })

  test('where the bytes are gone, the bounty is given up', async () => {
    await submit('one')
    now += 100
    const making = source()
    const [plan = ''] = await making.plan()
    for (const { artifact } of await store.submissions.ofBounty(Number(plan))) {
      shelf.remove((await store.artifacts.get(artifact ?? 0))?.sha256 ?? '')
    }
    await expect(making.artifacts(plan)).rejects.toThrow(BountySourceError)
  })

  test('what is never started is forgotten, with its bytes', async () => {
    const account = await store.accounts.named('ann', { budget: null, submissionsPerHour: null }, now)
    const { id, uploadToken } = await desk.create(account, createInstanceRequest.parse({ artifact_name: 'X' }))
    await desk.upload(uploadToken ?? '', Readable.from([Buffer.from('bytes')]))
    const stored = await store.submissions.get(id)
    const { sha256 = '' } = (await store.artifacts.get(stored?.artifact ?? 0)) ?? {}
    expect(shelf.has(sha256)).toBe(true)
    now += 3_600_001
    await desk.sweep()
    expect(shelf.has(sha256)).toBe(false)
    expect(await store.submissions.get(id)).toMatchObject({
      state: 'failed',
      reason: 'It was not started within an hour.',
    })
    now += 24 * 3_600_000 + 1
    await desk.sweep()
    expect(await store.submissions.get(id)).toBeUndefined()
  })
})
