import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ARCHIVE_LIMITS } from '../../participants/src/archives/archive-limits.ts'
import { readArchive } from '../../participants/src/archives/read-archive.ts'
import { eicarTestFile } from '../../participants/src/artifacts/eicar.ts'
import { ConsumerClient } from './consumer-client.fixture.ts'
import { ConsumerMarket } from './consumer-market.fixture.ts'
import { testDatabases } from './store/databases.fixture.ts'

let market: ConsumerMarket
let client: ConsumerClient

describe.each(await testDatabases())('with $name', ({ fresh }) => {
  beforeAll(async () => {
    market = await ConsumerMarket.start({ database: await fresh() })
    client = new ConsumerClient(market.service.url)
    await market.arbiter()
    await market.engine()
  })

  afterAll(async () => {
    await market.stop()
  })

  const settled = (id: string) =>
    market.until(async () => {
      const instance = await client.instance(id)
      return instance.state === 'settled' && instance
    })

  test('a file is judged: from its bytes to verdicts, the truth, and what it cost', async () => {
    const { id, window_closed } = await client.scan(eicarTestFile(), { artifact_name: '/tmp/../invoice\u202efdp.exe' })
    expect(window_closed).toBe(false)
    const answer = await settled(id)
    const [posted] = await market.market.events('NewBounty')
    expect(answer).toMatchObject({
      ...{ filename: 'invoice\\u202efdp.exe', window_closed: true, failed: false, truth: true },
      detections: { malicious: 1, benign: 0, total: 1 },
      score: { engines: [{ record: 'no record yet' }] },
      families: { name: 'EICAR' },
      assertions: [{ author: market.market.accounts.engine.account.address, mask: true, verdict: true }],
      votes: [{ arbiter: market.market.accounts.arbiter.account.address, vote: true }],
      cost: { reward: posted?.args.amount?.toString(), refund: '0' },
    })
  })

  test('the same bytes are answered by what was judged lately, and nothing is posted again', async () => {
    const before = await market.market.events('NewBounty')
    const [first] = (await client.ask('GET', '/instance/list')).body.result
    const again = await client.scan(eicarTestFile())
    expect(again).toMatchObject({ state: 'settled', window_closed: true, answered_by: first.id, truth: true })
    expect(again.cost).toEqual({ reward: '0', fee: '0', refund: '0' })
    await market.block()
    expect(await market.market.events('NewBounty')).toEqual(before)
  })

  test('an artifact is found by each of its hashes, and leaves encrypted unless raw bytes are asked for', async () => {
    const bytes = eicarTestFile()
    for (const type of ['md5', 'sha1', 'sha256']) {
      const hash = createHash(type).update(bytes).digest('hex')
      const { body } = await client.ask('GET', `/search/hash/${type}?hash=${hash.toUpperCase()}&community=default`)
      expect(body).toMatchObject({ has_more: false, result: [{ truth: true }] })
      expect((await client.ask('HEAD', `/search/hash/${type}?hash=${hash}`)).status).toBe(200)
      const zip = await client.ask('GET', `/consumer/download/${type}/${hash}`)
      expect(zip.body.includes(bytes)).toBe(false)
      expect(zip.headers.get('content-disposition')).toMatch(/^attachment; filename=[0-9a-f]{64}\.zip$/)
      const members = await Array.fromAsync(readArchive(zip.body, ARCHIVE_LIMITS, ['infected']))
      expect(members.map(({ content }) => Buffer.from(content ?? []))).toEqual([Buffer.from(bytes)])
      const raw = await client.ask('GET', `/consumer/download/${type}/${hash}?raw=True`)
      expect(raw.body).toEqual(Buffer.from(bytes))
    }
    expect((await client.ask('HEAD', `/search/hash/md5?hash=${'0'.repeat(32)}`)).status).toBe(404)
    expect((await client.ask('GET', `/search/instances?hash=${'0'.repeat(32)}`)).status).toBe(404)
  })

  test('an artifact is found by what is known of it and what engines said', async () => {
    const ask = async (query: string) => (await client.ask('GET', `/search/metadata/query?${query}`)).body
    const { result, has_more } = await ask('query=family:eicar%20AND%20extension:exe')
    expect([result.length, has_more]).toEqual([1, false])
    expect(result[0]).toMatchObject({ polyunite: { malware_family: 'EICAR' }, scan: { detections: { malicious: 1 } } })
    expect((await ask('query=family:eicar&domains=example.org')).result).toEqual([])
    expect((await ask('query=size:7')).errors.code).toBe('CONSUMER_REQUEST')
    const picked = await ask('query=family:eicar&include=scan.*.total&include=hash&exclude=hash.md5')
    const { artifact, ...rest } = picked.result[0]
    expect(artifact.sha256).toBe(result[0].hash.sha256)
    expect(Object.keys(rest.hash)).toEqual(['sha256', 'sha1'])
    expect(rest.scan).toEqual({ detections: { total: 1 } })
    expect((await client.ask('GET', '/search/metadata/mappings')).body.result).toHaveProperty('family')
  })

  test('files that come together are one bounty, and URLs another', async () => {
    const before = (await market.market.events('NewBounty')).length
    await market.pause()
    const files = []
    for (const text of ['one', 'two', 'three']) files.push(await client.scan(text, { artifact_name: text }))
    const url = 'http://example.com/pay?now'
    files.push(await client.scan(url, { artifact_name: url, artifact_type: 'URL', scan_config: 'more-time' }))
    await market.resume()
    const done = []
    for (const { id } of files) done.push(await settled(id))
    expect((await market.market.events('NewBounty')).length - before).toBe(2)
    expect(done.map(({ bounty }) => bounty?.artifacts)).toEqual([3, 3, 3, 1])
    // The arbiter knows EICAR in files: of a URL it says nothing.
    expect(done.map(({ type, truth }) => [type, truth])).toEqual([...Array(3).fill(['FILE', false]), ['URL', null]])
    const { body } = await client.ask('GET', `/search/url?url=${encodeURIComponent(url)}`)
    expect(body.result.map(({ id }: { id: string }) => id)).toEqual([done[3]?.id])
    const { sha256 } = done[3] ?? {}
    expect((await client.ask('GET', '/ioc/search?domain=Example.com')).body.result).toEqual([sha256])
    const shown = (await client.ask('GET', '/ioc/search?domain=example.com&with_artifacts=1')).body.result
    expect(shown).toMatchObject([{ artifact: { sha256 }, strings: { urls: [url] } }])
    expect((await client.ask('GET', '/ioc/search?ip=192.0.2.7')).body.result).toEqual([])
    expect((await client.ask('GET', '/ioc/search?ip=192.0.2.7&domain=x')).body.errors.code).toBe('CONSUMER_REQUEST')
    const indicators = (await client.ask('GET', `/ioc/sha256/${sha256}?hide_known_good=False`)).body.result
    expect(indicators).toEqual({ ips: [], domains: ['example.com'], urls: [url], ttps: [], imphash: null })
    expect((await client.ask('GET', `/ioc/md5/${'0'.repeat(32)}`)).status).toBe(404)
  })

  test('what a rescan and a dispute find is linked, and costs again', async () => {
    const first = await settled((await client.scan('contested')).id)
    const dispute = await client.ask('POST', `/instance/dispute?id=${first.id}`, { reason: 'it is not\nso' })
    expect(dispute.body.result).toMatchObject({ disputes: { instance: first.id, reason: 'it is not\\u000aso' } })
    expect((await client.ask('POST', `/instance/dispute?id=${first.id}`, { reason: 'again' })).status).toBe(409)
    expect((await client.instance(first.id)).disputed_by).toEqual([dispute.body.result.id])
    const second = await settled(dispute.body.result.id)
    expect(second.bounty?.guid).not.toBe(first.bounty?.guid)
    const rescan = await client.ask('POST', `/consumer/submission/default/rescan/${first.id}`)
    expect(rescan.body.result.answered_by).toBeNull()
    await settled(rescan.body.result.id)
  })

  test('accuracy is what was settled so far, of verdicts and of votes', async () => {
    const { engine, arbiter } = market.market.accounts
    // A period is whole days: these hold what was settled a moment ago, at whatever hour that was.
    const [date_start, date_end] = [-1, 2].map((days) => new Date(Date.now() + days * 86_400_000).toISOString())
    const ask = async (kind: string, engine_id: string, more = {}) =>
      (await client.ask('POST', `/consumer/${kind}`, { engine_id, date_start, date_end, ...more })).body
    await market.until(async () => (await ask('assertions-job', engine.account.address)).result.total >= 1)
    const { result: verdicts } = await ask('assertions-job', engine.account.address)
    expect(verdicts).toMatchObject({ true_positive: 1, false_positive: 0, false_negative: 0, suspicious: 0 })
    const { result: votes } = await ask('votes-job', arbiter.account.address)
    // It votes on URLs as well, which the engine leaves to others.
    expect(votes.total).toBeGreaterThanOrEqual(verdicts.total)
    expect((await client.ask('GET', verdicts.storage_path)).body.toString()).toMatch(/^day,true_positive/)
    expect((await client.ask('GET', `/consumer/assertions-job?id=${verdicts.id}`)).body.result).toEqual(verdicts)
    expect((await client.ask('DELETE', `/consumer/assertions-job?id=${verdicts.id}`)).status).toBe(200)
    expect((await client.ask('GET', `/consumer/assertions-job?id=${verdicts.id}`)).status).toBe(404)
    expect((await ask('votes-job', arbiter.account.address, { date_end: date_start })).errors.code).toBe(
      'CONSUMER_REQUEST',
    )
  })

  test('what an account without money cannot post waits, says why, and is posted once there is some', async () => {
    const money = await market.market.balanceOf(market.market.accounts.ambassador.account.address)
    await market.fund(0n)
    const { id } = await client.scan('unpaid')
    const waiting = await market.until(async () => {
      const instance = await client.instance(id)
      return instance.failed_reason?.includes('NCT') && instance
    })
    expect(waiting).toMatchObject({ state: 'queued', failed: false, bounty: { phase: null } })
    expect(waiting.failed_reason).toMatch(/^It waits to be posted: Posting needs [\d.]+ NCT, and this account has 0:/)
    await market.fund(money)
    expect(await settled(id)).toMatchObject({ failed: false, truth: false })
  })

  test('what is deleted is gone, and what others share stays', async () => {
    const begun = await client.scan('kept')
    expect((await client.ask('DELETE', `/instance?id=${begun.id}`)).status).toBe(409)
    const [one, two] = [await settled(begun.id), await client.scan('kept')]
    await market.until(async () => (await client.ask('DELETE', `/instance?id=${one.id}`)).status === 200)
    expect((await client.ask('GET', `/consumer/submission/default/${one.id}`)).status).toBe(404)
    expect(await client.instance(two.id)).toMatchObject({ state: 'settled', answered_by: null, truth: false })
    expect((await client.ask('DELETE', `/instance?id=${two.id}`)).status).toBe(200)
    const hash = createHash('sha256').update('kept').digest('hex')
    expect((await client.ask('GET', `/consumer/download/sha256/${hash}`)).status).toBe(404)
    expect(market.files()).not.toContain(hash)
  })
})
