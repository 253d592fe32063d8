import { CarReader } from '@ipld/car/reader'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { TestClient, TestMarket } from './test-market.ts'

const CAR = 'application/vnd.ipld.car'
const NOWHERE = 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'

let market: TestMarket
let daemon: Polyswarmd
let uri: string
let hashes: string[]
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon({ maxArtifactSize: 1_000_000 })
  const api = new TestClient(daemon.url)
  uri = (await api.upload(['first', new Uint8Array(600_000).fill(7), 'first', new Uint8Array(1_000_000).fill(1)])).body
    .result
  hashes = (await api.get(`/artifacts/${uri}`)).body.result.map(({ hash }: { hash: string }) => hash)
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

async function archive(path: string, accept?: string) {
  const response = await fetch(`${daemon.url}${path}`, accept === undefined ? {} : { headers: { accept } })
  const type = response.headers.get('content-type') ?? ''
  if (!type.startsWith(CAR)) return { status: response.status, type, roots: [], blocks: [] }
  const reader = await CarReader.fromBytes(new Uint8Array(await response.arrayBuffer()))
  return {
    status: response.status,
    type,
    roots: (await reader.getRoots()).map(String),
    blocks: (await Array.fromAsync(reader.blocks())).map(({ cid }) => cid.toString()),
  }
}

test('a directory is one archive of all its blocks, by the header and by the query, here and under the path of IPFS', async () => {
  const whole = await archive(`/artifacts/${uri}/`, `text/html;q=0.5, ${CAR}; version=1; order=dfs; dups=y`)
  expect(whole).toMatchObject({ status: 200, type: `${CAR}; version=1; order=dfs; dups=y`, roots: [uri] })
  expect(whole.blocks.filter((block) => [uri, ...hashes].includes(block))).toEqual([uri, ...hashes])
  expect(whole.blocks).toHaveLength(1 + 1 + 4 + 1 + 5)
  for (const path of [`/artifacts/${uri}?format=car`, `/ipfs/${uri}?format=car`]) {
    const once = await archive(path)
    expect(once).toMatchObject({ status: 200, type: `${CAR}; version=1; order=dfs; dups=n`, roots: [uri] })
    expect(once.blocks).toEqual([...new Set(whole.blocks)])
  }
  const file = await archive(`/artifacts/${hashes[1]}?format=car&car-dups=y&account=x&chain=side`)
  expect([file.roots, file.blocks.length]).toEqual([[hashes[1]], 4])
})

test('a part of a directory, and its list alone', async () => {
  expect((await archive(`/artifacts/${uri}?format=car&artifacts=2`)).blocks).toEqual([uri, hashes[0]])
  expect((await archive(`/artifacts/${uri}?format=car&dag-scope=block`)).blocks).toEqual([uri])
  expect((await archive(`/artifacts/${uri}?format=car&dag-scope=entity`)).blocks).toEqual([uri])
})

test('who asks for nothing of the kind gets what there was before', async () => {
  for (const accept of [undefined, 'application/json', '*/*', `${CAR};q=0, */*`]) {
    expect(await archive(`/artifacts/${uri}`, accept)).toMatchObject({ status: 200, type: /^application\/json/ })
  }
  expect((await archive(`/artifacts/${uri}?format=json`, CAR)).type).toMatch(/^application\/json/)
})

test.each([
  [404, () => `/artifacts/${NOWHERE}?format=car`],
  [404, () => `/ipfs/${NOWHERE}?format=car`],
  [400, () => '/artifacts/0OIl?format=car'],
  [406, () => `/ipfs/${uri}`],
  [406, () => `/artifacts/${uri}?format=car&car-version=2`],
  [406, () => `/artifacts/${uri}?format=car&car-order=bfs`],
  [406, () => `/artifacts/${uri}?format=car&car-dups=maybe`],
  [400, () => `/artifacts/${uri}?format=car&dag-scope=none`],
  [400, () => `/artifacts/${uri}?format=car&artifacts=`],
  [400, () => `/artifacts/${uri}?format=car&artifacts=0,-1`],
])('%i for what cannot be', async (status, path) => {
  expect(await archive(path())).toMatchObject({ status, type: /^application\/json/ })
})

test('an artifact above the limit is in no archive', async () => {
  await daemon.stop()
  daemon = await market.daemon({ maxArtifactSize: 500_000 })
  expect((await archive(`/artifacts/${uri}?format=car`)).status).toBe(400)
  expect((await archive(`/artifacts/${uri}?format=car&artifacts=0,2`)).status).toBe(200)
})
