import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base58btc } from 'multiformats/bases/base58'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { KuboNode, kuboSkipped } from '../../../test/kubo-node.ts'
import { artifactStoreSuite } from '../artifact-store-suite.fixture.ts'
import { EmbeddedArtifactStore } from '../embedded-store.ts'
import { KuboArtifactStore, type KuboStoreOptions } from './kubo-store.ts'

const NOWHERE = 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'
const SEARCH_TIME = 200
const directory = mkdtempSync(join(tmpdir(), 'kubo-store-'))
let files = 0

function openStore(url: string, options: Partial<KuboStoreOptions> = {}): KuboArtifactStore {
  const file = join(directory, `${files++}.sqlite`)
  const store = new KuboArtifactStore({ url, file, searchTime: SEARCH_TIME, cacheSize: 0, ...options })
  onTestFinished(() => store.close())
  return store
}

afterAll(() => rmSync(directory, { recursive: true }))

async function* uploadOf(...contents: readonly (string | Uint8Array)[]): AsyncGenerator<AsyncIterable<Uint8Array>> {
  for (const content of contents) {
    yield (async function* () {
      yield Buffer.from(content)
    })()
  }
}

async function textOf(store: KuboArtifactStore, uri: string): Promise<string> {
  return Buffer.concat(await Array.fromAsync((await store.read(uri)).bytes)).toString()
}

describe.skipIf(kuboSkipped !== '')(`the store on a real Kubo node${kuboSkipped}`, () => {
  let node: KuboNode
  beforeAll(async () => {
    node = await KuboNode.start()
  })
  afterAll(() => node?.stop())

  for (const { name, run } of artifactStoreSuite) test(name, () => run(openStore(node.url)))

  test('gives the addresses that the embedded store and Kubo itself give', async () => {
    const embedded = new EmbeddedArtifactStore(join(directory, 'embedded'))
    onTestFinished(() => embedded.close())
    const contents = ['first', 'z'.repeat(900_000)]
    const uri = await openStore(node.url).addArtifacts(uploadOf(...contents))
    expect(await embedded.addArtifacts(uploadOf(...contents))).toBe(uri)
    expect(node.run('cat', `${uri}/000001`)).toBe(contents[1])
    expect(node.run('ls', uri).split('\n')[0]).toMatch(/ 5\s+000000$/)
  })

  test('pins an upload when all of it is there, nothing of one that fails, and gives pins up', async () => {
    const store = openStore(node.url)
    const before = node.pins()
    async function* failing() {
      yield* uploadOf('y'.repeat(1_000_000))
      throw new RangeError('the sender is gone')
    }
    await expect(store.addArtifacts(failing())).rejects.toThrow(RangeError)
    expect(node.pins()).toEqual(before)
    const uri = await store.addArtifacts(uploadOf('pinned'))
    expect(node.pins()).toContain(uri)
    node.run('repo', 'gc')
    expect(await textOf(store, (await store.list(uri))[0]?.hash ?? '')).toBe('pinned')
    await store.unpin(uri)
    expect(node.pins()).not.toContain(uri)
  })

  test('does not give up what somebody else has pinned at the node', async () => {
    const theirs = node
      .run('add', '--quieter', '--cid-version=0', '--raw-leaves=false', join(import.meta.dirname, 'kubo-store.ts'))
      .trim()
    const store = openStore(node.url)
    await store.unpin(theirs)
    expect(node.pins()).toContain(theirs)
    expect(await textOf(store, theirs)).toContain('class KuboArtifactStore')
  })

  test('what was given up is gone for every later start, until it is uploaded again', async () => {
    const file = join(directory, 'given-up.sqlite')
    const first = openStore(node.url, { file })
    const uri = await first.addDocument('given up and uploaded again')
    await first.unpin(uri)
    const second = openStore(node.url, { file })
    await expect(second.read(uri)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
    await second.addDocument('given up and uploaded again')
    expect(await textOf(second, uri)).toBe('given up and uploaded again')
  })

  test('a node that is gone or hangs in the middle of an upload is said to be, keeps nothing, and serves again when it is back', async () => {
    const store = openStore(node.url)
    const before = node.pins()
    const big = Buffer.alloc(1_000_000, 7)
    async function* interrupted() {
      yield* uploadOf(big)
      await node.kill()
      yield* uploadOf('the rest')
    }
    await expect(store.addArtifacts(interrupted())).rejects.toMatchObject({
      code: 'KUBO_UNREACHABLE',
      status: 503,
      retryable: true,
    })
    await expect(store.read(NOWHERE)).rejects.toMatchObject({ code: 'KUBO_UNREACHABLE' })
    expect(await store.online()).toBe(false)
    await node.revive()
    expect(node.pins()).toEqual(before)
    const uri = await store.addArtifacts(uploadOf(big, 'the rest'))
    expect(node.pins()).toContain(uri)

    node.hang()
    onTestFinished(() => node.wake())
    const impatient = openStore(node.url, { patience: 300 })
    await expect(impatient.addDocument('never')).rejects.toMatchObject({ code: 'KUBO_UNREACHABLE' })
    await expect(impatient.read(uri)).rejects.toMatchObject({ code: 'KUBO_UNREACHABLE' })
    expect(await impatient.online()).toBe(false)
  })
})

describe('the store on a node that lies', () => {
  let server: Server
  let answer: (command: string, request: IncomingMessage, response: ServerResponse) => void
  let url: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume()
      request.on('end', () => answer(/\/api\/v0\/([^?]*)/.exec(request.url ?? '')?.[1] ?? '', request, response))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const refused = { code: 'ARTIFACT_STORE', status: 503 }

  test('other bytes than the address says are an error, never content', async () => {
    answer = (_command, _request, response) => response.end('something else')
    await expect(openStore(url).read(NOWHERE)).rejects.toMatchObject(refused)
  })

  test('an answer without end is cut off', async () => {
    answer = (_command, _request, response) => {
      const more = () => response.write(Buffer.alloc(65_536)) && setImmediate(more)
      response.on('drain', more)
      more()
    }
    await expect(openStore(url).read(NOWHERE)).rejects.toMatchObject(refused)
  })

  test('a block that is stored under another address is no upload', async () => {
    answer = (_command, _request, response) => response.end(JSON.stringify({ Key: NOWHERE, Size: 1 }))
    await expect(openStore(url).addDocument('mine')).rejects.toMatchObject(refused)
  })

  test('an answer that is not of Kubo, or wants another key, is an error of the store', async () => {
    for (const status of [200, 302, 403, 404]) {
      answer = (_command, _request, response) =>
        response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('?')
      const store = openStore(url)
      await expect(store.addDocument('mine')).rejects.toMatchObject({ status: 503, retryable: true })
      expect(await store.online()).toBe(false)
    }
  })

  test('sends the authorization that it was given', async () => {
    const seen: unknown[] = []
    answer = (_command, { headers, method }, response) => {
      seen.push(method, headers.authorization)
      response.end('{"Version":"0.43.1"}')
    }
    expect(await openStore(url, { authorization: 'Bearer secret' }).online()).toBe(true)
    expect(seen).toEqual(['POST', 'Bearer secret'])
  })

  test('a file that claims another length than it has breaks off', async () => {
    // PBNode { Data: UnixFS { Type: File, Data: 'ab', filesize: 3 } }, and the same with a file size of 1
    for (const claimed of [3, 1]) {
      const inner = Buffer.from([0x08, 0x02, 0x12, 2, 0x61, 0x62, 0x18, claimed])
      const block = Buffer.concat([Buffer.from([0x0a, inner.length]), inner])
      const digest = createHash('sha256').update(block).digest()
      const uri = base58btc.encode(Buffer.concat([Buffer.from([0x12, 0x20]), digest])).slice(1)
      answer = (_command, _request, response) => response.end(block)
      const store = openStore(url)
      const outcome = await store
        .read(uri)
        .then(async ({ size, bytes }) => [size, Buffer.concat(await Array.fromAsync(bytes)).length])
        .catch(({ code }) => code)
      if (Array.isArray(outcome)) expect(outcome[0]).toBe(outcome[1])
      else expect(outcome).toBe('ARTIFACT_STORE')
    }
  })
})
