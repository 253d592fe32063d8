import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bloomOf, newGuid, parseNct } from '@polyswarm/protocol'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { writeDeployment } from '../src/deploy.ts'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener } from './event-listener.ts'
import { KuboNode, kuboSkipped } from './kubo-node.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket, WINDOWS } from './test-market.ts'

const KEPT = 4
const DURATION = 6
const UNREACHABLE = { status: 503, body: { status: 'FAIL', errors: expect.stringMatching(/^The Kubo node at http/) } }

describe.skipIf(kuboSkipped !== '')(`a daemon that keeps artifacts in Kubo${kuboSkipped}`, () => {
  let node: KuboNode
  let market: TestMarket
  let moves: MarketMoves
  let daemon: Polyswarmd
  let api: TestClient
  beforeAll(async () => {
    ;[node, market] = await Promise.all([KuboNode.start(), TestMarket.start()])
    moves = new MarketMoves(market)
    daemon = await market.daemon({ kubo: { url: node.url }, keepArtifacts: KEPT })
    api = new TestClient(daemon.url)
  })
  afterAll(async () => {
    await daemon?.stop()
    await Promise.all([market?.stop(), node?.stop()])
  })

  test('serves a bounty from its upload to the end of its artifacts', async () => {
    const listener = await EventListener.connect(daemon.url)
    onTestFinished(() => listener.close())
    const content = 'artifact '.repeat(100_000)
    const uri = (await api.upload(['first', content])).body.result
    const metadata = (await api.post('/bounties/metadata', [{ mimetype: 'text/plain' }])).body.result
    const { address } = market.ambassador
    const guid = newGuid()
    const order = {
      guid,
      artifact_type: 'file',
      amount: String(parseNct('4')),
      uri,
      duration: DURATION,
      metadata,
      bloom: bloomOf([uri]),
    }
    const built = await api.post(`/bounties?account=${address}`, order)
    const report = await api.signAndSend(market.ambassador, built)
    expect(report.body.result.bounties).toMatchObject([{ guid, uri }])
    const { data } = await listener.until(({ event }) => event === 'bounty')
    expect(data.metadata).toEqual([{ mimetype: 'text/plain' }])
    expect((await api.get(`/artifacts/${uri}`)).body.result).toHaveLength(2)
    expect((await api.get(`/artifacts/${uri}/1`)).body).toBe(content)
    expect(node.pins()).toEqual(expect.arrayContaining([uri, metadata]))

    await moves.mineTo((await moves.head()) + DURATION + WINDOWS.reveal + WINDOWS.vote + KEPT)
    await expect.poll(async () => (await api.get(`/artifacts/${uri}`)).status).toBe(404)
    expect(node.pins()).not.toEqual(expect.arrayContaining([uri]))
    expect(node.pins()).not.toEqual(expect.arrayContaining([metadata]))
  })

  test('an upload that its sender breaks off, or that is refused, pins nothing', async () => {
    const before = node.pins()
    expect((await api.upload(['x'.repeat(600_000), ''])).body.errors).toBe('Artifact empty')
    expect(node.pins()).toEqual(before)
  })

  test('while the node is gone, what needs it is answered with 503 and all else goes on; then it serves again', async () => {
    const uri = (await api.upload(['kept'])).body.result
    expect((await api.get('/ready')).status).toBe(200)
    await node.kill()
    expect(await api.upload(['more'])).toEqual(UNREACHABLE)
    expect(await api.get('/artifacts/QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH')).toEqual(UNREACHABLE)
    expect(await api.post('/bounties/metadata', [{ mimetype: 'text/plain' }])).toEqual(UNREACHABLE)
    expect((await api.get('/status')).body.result.artifact_services.ipfs).toEqual({ reachable: false })
    expect((await api.get('/artifacts/status')).body.result).toEqual({ online: false })
    expect((await api.get('/ready')).body.errors).toBe('The artifact store cannot be reached')
    const listener = await EventListener.connect(daemon.url)
    onTestFinished(() => listener.close())
    const guid = await moves.post({ metadata: uri })
    await listener.until(({ event, data }) => event === 'bounty' && data.guid === guid)
    await node.revive()
    expect((await api.get('/ready')).status).toBe(200)
    expect((await api.get(`/artifacts/${uri}/0`)).body).toBe('kept')
    expect((await api.upload(['more'])).status).toBe(200)
  })

  test('config check says which Kubo answers, hides its authorization, and ends with 75 where none does', async () => {
    const file = join(market.directory, 'sidechain.json')
    writeDeployment(file, market.deployment)
    const program = join(import.meta.dirname, '../dist/bin/polyswarmd.js')
    const check = (url: string) => {
      const settings = ['--side', file, '--ipfs-api', url, '--ipfs-authorization', 'Bearer secret']
      return promisify(execFile)(process.execPath, [program, 'config', 'check', ...settings]).then(
        ({ stdout }) => ({ code: 0, text: stdout }),
        ({ code, stderr }) => ({ code: Number(code), text: String(stderr) }),
      )
    }
    const { code, text } = await check(node.url)
    expect(code).toBe(0)
    expect(text).toMatch(/^artifacts are kept in Kubo \d+\.\d+\.\d+$/m)
    expect(text).toContain('ipfs-authorization = hidden (flag)')
    expect(text).not.toContain('secret')
    expect(await check('http://127.0.0.1:9')).toEqual({
      code: 75,
      text: expect.stringMatching(/^polyswarmd: The Kubo node at http:\/\/127\.0\.0\.1:9 does not answer .*\n$/),
    })
  })
})
