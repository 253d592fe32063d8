import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PolyswarmdClient } from '../client/polyswarmd-client.ts'
import { LyingGateway, TestMarket } from '../market.fixture.ts'
import { ArtifactSource } from './artifact-source.ts'

const COUNT = 64
const contents = Array.from({ length: COUNT }, (_, index) =>
  Buffer.from(`artifact ${index} `.repeat(1 + 400 * (index % 64))),
)

let market: TestMarket
let uri: string
let gateway: LyingGateway
let client: PolyswarmdClient
beforeAll(async () => {
  market = await TestMarket.start()
  const honest = clientOf(market.url)
  uri = await honest.uploadArtifacts(() => {
    const parts = contents.map((content, index) =>
      Buffer.concat([
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="file"; filename="${index}"\r\n\r\n`),
        content,
        Buffer.from('\r\n'),
      ]),
    )
    const content = Readable.from([Buffer.concat([...parts, Buffer.from('--b--\r\n')])])
    return { contentType: 'multipart/form-data; boundary=b', content }
  })
  honest.close()
})
afterAll(() => market.stop())
afterEach(() => {
  client.close()
  gateway.stop()
})

function clientOf(url: string): PolyswarmdClient {
  const retry = { tries: 2, firstDelay: 1, maxDelay: 1 }
  return new PolyswarmdClient({
    url: new URL(url),
    account: market.accounts.engine.account.address,
    chain: 'side',
    retry,
  })
}

async function sourceBehind(
  lie: Parameters<typeof LyingGateway.start>[1] = () => undefined,
  { archives = true, wanted }: { archives?: boolean; wanted?: ReadonlySet<number> } = {},
): Promise<ArtifactSource> {
  gateway = await LyingGateway.start(market.url, lie, { archives })
  client = clientOf(gateway.url)
  return ArtifactSource.open(
    client,
    { uri, numArtifacts: COUNT, maxBytes: 1_000_000, wanted },
    AbortSignal.timeout(30_000),
  )
}

async function fetchAll(source: ArtifactSource): Promise<(boolean | undefined)[]> {
  const indices = [...contents.keys()]
  return Promise.all(indices.map(async (index) => contents[index]?.equals(await source.fetch(index))))
}

const isArchive = (path: string) => !/^\/artifacts\/\w+\/\d/.test(path)

describe('ArtifactSource', () => {
  it('fetches a bounty of 64 artifacts with one request', async () => {
    const source = await sourceBehind()
    expect(await fetchAll(source)).toEqual(Array(COUNT).fill(true))
    source.verify()
    expect(gateway.requests).toEqual([`GET /artifacts/${uri}/`])
  })

  it('asks for the wanted only, and knows all addresses all the same', async () => {
    let size = 0
    const source = await sourceBehind(
      (_, body) => {
        size = body.length
        return undefined
      },
      { wanted: new Set([3, 40]) },
    )
    for (const index of [3, 40]) expect(contents[index]?.equals(await source.fetch(index))).toBe(true)
    source.verify()
    expect([source.addresses.length, source.isProven, gateway.requests.length]).toEqual([COUNT, true, 1])
    expect(size).toBeLessThan(300_000)
  })

  it('fetches one by one from a daemon without archives, and what was passed', async () => {
    const old = await sourceBehind(undefined, { archives: false })
    expect(await fetchAll(old)).toEqual(Array(COUNT).fill(true))
    old.verify()
    expect(gateway.requests).toHaveLength(1 + COUNT)
    client.close()
    gateway.stop()
    const source = await sourceBehind()
    for (const index of [9, 3]) expect(contents[index]?.equals(await source.fetch(index))).toBe(true)
    expect(gateway.requests).toEqual([`GET /artifacts/${uri}/`, `GET /artifacts/${uri}/3/`])
  })

  it.each([
    ['cut off', (body: Buffer) => body.subarray(0, body.length >> 1)],
    ['changed', (body: Buffer) => body.fill(1, body.length >> 1, (body.length >> 1) + 10)],
    ['of nothing', () => Buffer.alloc(0)],
  ])('fetches one by one what an archive does not give that is %s', async (_how, change) => {
    let first = true
    const source = await sourceBehind((path, body) => {
      if (!isArchive(path) || !first) return undefined
      first = false
      return change(body)
    })
    // The list comes by the old route where not even the directory could be read.
    expect(await fetchAll(source)).toEqual(Array(COUNT).fill(true))
    source.verify()
  })

  it('accepts nothing but the artifacts, whatever is sent instead', async () => {
    const source = await sourceBehind((path, body) =>
      isArchive(path) ? body.fill(1, 60_000, 60_100) : Buffer.from('harmless'),
    )
    const outcomes = await Promise.allSettled([...contents.keys()].map((index) => source.fetch(index)))
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(COUNT / 2)
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toEqual(contents[index])
      else expect(outcome.reason).toMatchObject({ code: 'ARTIFACT_MISMATCH' })
    }
  })

  it('says that an artifact is larger than is taken, and that there are not as many', async () => {
    gateway = await LyingGateway.start(market.url, () => undefined, { archives: true })
    client = clientOf(gateway.url)
    const small = await ArtifactSource.open(client, { uri, numArtifacts: COUNT, maxBytes: 100 })
    expect(contents[0]?.equals(await small.fetch(0))).toBe(true)
    await expect(small.fetch(1)).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' })
    const other = ArtifactSource.open(client, { uri, numArtifacts: COUNT - 1, maxBytes: 1_000_000 })
    await expect(other).rejects.toMatchObject({ code: 'ARTIFACT_MISMATCH' })
  })

  it('stops with its signal', async () => {
    const source = await sourceBehind()
    const stop = new AbortController()
    const fetched = [...contents.keys()].map((index) => source.fetch(index, stop.signal))
    stop.abort(new DOMException('The time is over.', 'TimeoutError'))
    const outcomes = await Promise.allSettled(fetched)
    expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutError' } })
  })
})
