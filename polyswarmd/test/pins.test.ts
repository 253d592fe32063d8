import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { EventListener } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket, WINDOWS } from './test-market.ts'

const KEPT = 8
const DURATION = 6

let market: TestMarket
let moves: MarketMoves
beforeAll(async () => {
  market = await TestMarket.start()
  moves = new MarketMoves(market)
})
afterAll(() => market.stop())

async function daemonWith(directory: string, keepArtifacts: number | undefined) {
  const data = join(market.directory, directory)
  const daemon = await market.daemon({ data, keepArtifacts })
  onTestFinished(() => daemon.stop())
  const api = new TestClient(daemon.url)
  const listener = await EventListener.connect(daemon.url)
  onTestFinished(() => listener.close())
  const upload = async (...files: string[]) => (await api.upload(files)).body.result as string
  return {
    daemon,
    api,
    upload,
    /** A bounty that the daemon has seen, and the block in which its last window ends. */
    bountyOn: async (uri: string, metadata = '') => {
      await moves.post({ uri, metadata, duration: DURATION })
      const posted = await moves.head()
      await listener.untilBlock(posted)
      return posted + DURATION + WINDOWS.reveal + WINDOWS.vote
    },
    mineTo: async (block: number) => {
      await moves.mineTo(block)
      await listener.untilBlock(block)
    },
    status: async (uri: string) => (await api.get(`/artifacts/${uri}`)).status,
    packs: () => {
      const index = new DatabaseSync(join(data, 'artifacts', 'packs.sqlite'), { readOnly: true })
      const names = index.prepare('SELECT name FROM packs ORDER BY name').all()
      index.close()
      return names
    },
  }
}

test('the artifacts and the metadata of a bounty stay until it has been over for so many blocks, and go then', async () => {
  const { api, upload, bountyOn, mineTo, status, packs } = await daemonWith('plain', KEPT)
  const kept = await upload('no bounty names this')
  const before = packs()
  const uri = await upload('first', 'second')
  const metadata = (await api.post('/bounties/metadata', [{ mimetype: 'text/plain' }])).body.result
  const end = await bountyOn(uri, metadata)
  await mineTo(end + KEPT - 1)
  expect([await status(uri), await status(metadata)]).toEqual([200, 200])
  await mineTo(end + KEPT)
  await expect.poll(() => status(uri)).toBe(404)
  await expect.poll(() => status(metadata)).toBe(404)
  expect([await status(kept), packs()]).toEqual([200, before])
})

test('what another bounty names that is not over for so long stays until that one is, also as part of a directory', async () => {
  const { api, upload, bountyOn, mineTo, status } = await daemonWith('shared', KEPT)
  const uri = await upload('shared', 'alone')
  const [shared, alone] = (await api.get(`/artifacts/${uri}`)).body.result as { hash: string }[]
  const marker = await upload('goes with the first bounty')
  const first = await bountyOn(uri)
  const second = await bountyOn(marker)
  await mineTo(first)
  const last = await bountyOn(shared?.hash ?? '')
  await mineTo(second + KEPT)
  await expect.poll(() => status(marker)).toBe(404)
  expect([await status(uri), await status(alone?.hash ?? ''), await status(shared?.hash ?? '')]).toEqual([
    404, 404, 200,
  ])
  expect((await api.get(`/artifacts/${shared?.hash}/0`)).body).toBe('shared')
  await mineTo(last + KEPT)
  await expect.poll(() => status(shared?.hash ?? '')).toBe(404)
})

test('what was uploaded again for a bounty that is still to come stays until that one is over', async () => {
  const { upload, bountyOn, mineTo, status } = await daemonWith('again', KEPT)
  const uri = await upload('twice')
  const marker = await upload('once')
  const first = await bountyOn(uri)
  const other = await bountyOn(marker)
  await mineTo(first)
  expect(await upload('twice')).toBe(uri)
  await mineTo(other + KEPT)
  await expect.poll(() => status(marker)).toBe(404)
  expect(await status(uri)).toBe(200)
  await mineTo((await bountyOn(uri)) + KEPT)
  await expect.poll(() => status(uri)).toBe(404)
})

test('a daemon that was down when the time came gives up afterwards; one without the setting never does', async () => {
  const { daemon, upload, bountyOn, status } = await daemonWith('restart', KEPT)
  const uri = await upload('over while it was away')
  const end = await bountyOn(uri)
  expect(await status(uri)).toBe(200)
  await daemon.stop()
  await moves.mineTo(end + KEPT + 1)
  const forever = await daemonWith('restart', undefined)
  expect(await forever.status(uri)).toBe(200)
  await forever.daemon.stop()
  const again = await daemonWith('restart', KEPT)
  await moves.mineTo((await moves.head()) + 1)
  await expect.poll(() => again.status(uri)).toBe(404)
})
