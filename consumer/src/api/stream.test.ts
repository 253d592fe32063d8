import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArchiveResult } from '@polyswarm/protocol/consumer'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ARCHIVE_LIMITS } from '../../../participants/src/archives/archive-limits.ts'
import { readArchive } from '../../../participants/src/archives/read-archive.ts'
import { runCommand } from '../../../polyswarm-cli/src/run-command.fixture.ts'
import { ConsumerClient } from '../consumer-client.fixture.ts'
import type { ConsumerService } from '../consumer-service.ts'
import { startLoneService } from '../lone-service.fixture.ts'
import { ConsumerStore } from '../store/consumer-store.ts'
import { testDatabases } from '../store/databases.fixture.ts'
import { ArchiveLinks } from './archive-links.ts'

const HOUR = 3_600_000

describe.each(await testDatabases())('with $name', ({ fresh }) => {
  let [data, key]: string[] = []
  let service: ConsumerService
  let store: ConsumerStore
  let ann: ConsumerClient

  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'stream-'))
    const database = await fresh()
    service = await startLoneService({ data, database, maxStoredBytes: 1_000_000 })
    store = await ConsumerStore.open(data, database)
    await store.setPrice({ reward: 90n, fee: 10n })
    key = await keyOf('ann')
    ann = new ConsumerClient(service.url, key)
  })

  afterEach(async () => {
    await store.close()
    await service.stop()
    rmSync(data ?? '', { recursive: true })
  })

  async function keyOf(name: string): Promise<string> {
    const limits = { budget: null, submissionsPerHour: null }
    const made = await store.write(async () =>
      store.accounts.addKey((await store.accounts.named(name, limits, Date.now())).id, Date.now()),
    )
    return made.key
  }

  const list = async (client: ConsumerClient, query = ''): Promise<ArchiveResult[]> =>
    (await client.ask('GET', `/consumer/download/stream?${query}`)).body.result
  const filesIn = async (zip: Uint8Array): Promise<string[]> => {
    const members = await Array.fromAsync(readArchive(zip, ARCHIVE_LIMITS, ['infected']))
    return members.map(({ content }) => Buffer.from(content ?? []).toString())
  }
  const contents = async (archives: readonly ArchiveResult[]): Promise<string[]> => {
    const zips = await Promise.all(archives.map(({ uri }) => fetch(uri).then((answer) => answer.bytes())))
    return (await Promise.all(zips.map(filesIn))).flat()
  }
  /** Has an artifact come so many milliseconds ago. */
  const scanAgo = async (content: string, milliseconds: number): Promise<void> => {
    const hash = (kind: string): string => createHash(kind).update(content).digest('hex')
    const hashes = { sha256: hash('sha256'), sha1: hash('sha1'), md5: hash('md5') }
    const description = { type: 'file' as const, ...hashes, size: content.length, mimetype: 'text/plain' }
    await store.write(() => store.artifacts.keep(description, Date.now() - milliseconds))
    await ann.scan(content)
  }

  test('what was stored lately comes in archives that are encrypted, to whom may see it', async () => {
    const bob = new ConsumerClient(service.url, await keyOf('bob'))
    expect(await list(ann)).toEqual([])
    await ann.scan('open')
    await ann.scan('open', { fresh: true })
    await ann.scan('of ann', { private: true })
    await bob.scan('of bob', { private: true })
    const [mine, ...none] = await list(ann)
    expect(none).toEqual([])
    expect(mine).toMatchObject({ artifacts: 2, size: 10, community: 'default' })
    expect(await contents(await list(ann))).toEqual(['open', 'of ann'])
    expect(await contents(await list(bob))).toEqual(['open', 'of bob'])
    const answer = await fetch(mine?.uri ?? '')
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename=artifacts-${mine?.first}-${mine?.last}.zip`,
    )
    const zip = Buffer.from(await answer.bytes())
    expect(zip.includes('of ann')).toBe(false)
    // Without the password there is nothing in it.
    const closed = await Array.fromAsync(readArchive(zip, ARCHIVE_LIMITS))
    expect(closed.map(({ content }) => content?.length ?? 0)).toEqual([0, 0])
  })

  test('it goes back as far as is asked for, two days at most', async () => {
    await scanAgo('older', 30 * HOUR)
    await scanAgo('old', 3 * HOUR)
    await scanAgo('new', 0)
    expect(await contents(await list(ann, 'since=60'))).toEqual(['new'])
    expect(await contents(await list(ann))).toEqual(['old', 'new'])
    for (const since of ['0', '2881', '-1', 'x', '1.5']) {
      expect((await ann.ask('GET', `/consumer/download/stream?since=${since}`)).status, since).toBe(400)
    }
    expect((await ann.ask('GET', '/consumer/download/stream?since=2880')).status).toBe(200)
  })

  test('a link leads to what it says, for an hour, and is counted', async () => {
    await ann.scan('x')
    const [{ uri } = { uri: '' }] = await list(ann)
    const [base, token = ''] = uri.split('/archive/')
    const forged = token.replace(/^(\d+)-(\d+)-(\d+)/, '$1-$2-9999')
    for (const wrong of [forged, `${token.slice(0, -43)}${'A'.repeat(43)}`]) {
      const { status, body } = await ann.ask('GET', `${base}/archive/${wrong}`)
      expect([status, body.errors.code]).toEqual([404, 'ARCHIVE_LINK'])
    }
    expect((await ann.ask('GET', `${base}/archive/nonsense`)).status).toBe(400)
    let now = 0
    const links = new ArchiveLinks(() => now)
    const range = { account: 1, first: 2, last: 3 }
    const made = links.tokenOf(range)
    expect(links.rangeOf(made)).toEqual(range)
    now = HOUR + 1
    expect(() => links.rangeOf(made)).toThrow(/not good any more/)
  })

  test('what is deleted leaves the stream, links that were made before included', async () => {
    const keep = async (content: string): Promise<string> => {
      const { result } = (await ann.ask('POST', '/instance', { artifact_name: 'X' })).body
      await ann.upload(result.upload_url, content)
      return result.id
    }
    const forget = async (id: string) => expect((await ann.ask('DELETE', `/instance?id=${id}`)).status).toBe(200)
    const [first, second] = [await keep('first'), await keep('second')]
    const archives = await list(ann)
    await forget(first)
    expect(await contents(archives)).toEqual(['second'])
    await forget(second)
    expect((await fetch(archives[0]?.uri ?? '')).status).toBe(404)
    expect(await list(ann)).toEqual([])
  })

  test('the command gets all of it page by page, and again only what is new', async () => {
    const keepMany = (from: number, to: number) =>
      store.write(async () => {
        for (let index = from; index < to; index++) await keep(index)
      })
    const keep = async (index: number): Promise<void> => {
      const sha256 = index.toString(16).padStart(64, '0')
      const description = { type: 'file' as const, sha256, sha1: '', md5: '', size: 1, mimetype: 'text/plain' }
      const { id } = await store.artifacts.keep(description, Date.now())
      const submission = { type: 'file' as const, name: 'x', community: '', fresh: false, password: null }
      await store.submissions.add({ ...submission, account: 1, private: index % 5 === 0, artifact: id }, Date.now())
    }
    await ann.scan('the one whose bytes are there')
    await keepMany(0, 200)
    const page = (await ann.ask('GET', '/consumer/download/stream?limit=2')).body
    expect([page.result.length, page.has_more]).toEqual([2, true])
    const all = (await ann.ask('GET', `/consumer/download/stream?limit=2&offset=${page.offset}`)).body
    expect(all.has_more).toBe(false)
    const archives: ArchiveResult[] = [...page.result, ...all.result]
    expect(archives.reduce((sum, { artifacts }) => sum + artifacts, 0)).toBe(201)
    expect(Math.max(...archives.map(({ artifacts }) => artifacts))).toBe(64)
    // Whoever has no key of ann's does not see what is private.
    const bob = new ConsumerClient(service.url, await keyOf('bob'))
    expect((await list(bob)).reduce((sum, { artifacts }) => sum + artifacts, 0)).toBe(161)
    await keepMany(200, 201)
    const again = await list(ann)
    expect(again.slice(0, -1).map(({ last }) => last)).toEqual(archives.slice(0, -1).map(({ last }) => last))
  })

  test('polyswarm stream puts them into a directory, once', async () => {
    const directory = join(data ?? '', 'kept')
    mkdirSync(directory)
    const stream = (...words: string[]) =>
      runCommand(['-u', service.url, '-a', key ?? '', 'stream', directory, ...words])
    expect(await stream()).toEqual({ status: 0, stdout: '', stderr: '' })
    await ann.scan('one')
    await ann.scan('two')
    const { status, stdout } = await stream()
    const [name = ''] = readdirSync(directory)
    expect([status, stdout]).toEqual([0, `${join(directory, name)}  2 artifacts\n`])
    expect(name).toMatch(/^artifacts-\d+-\d+\.zip$/)
    expect(await filesIn(readFileSync(join(directory, name)))).toEqual(['one', 'two'])
    expect((await stream()).stdout).toContain('there already')
    const json = JSON.parse((await stream('--force', '--fmt', 'ndjson', '--since', '5')).stdout)
    expect(json).toMatchObject({ path: join(directory, name), artifacts: 2, known: false })
    rmSync(join(directory, name))
    expect(await stream('--max-size', '5')).toMatchObject({ status: 2, stdout: '' })
    expect((await stream('--since', '2881')).stderr).toContain('from 1 to 2880')
    expect(readdirSync(directory)).toEqual([])
  })
})
