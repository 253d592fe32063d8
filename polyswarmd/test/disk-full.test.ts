import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { EventListener } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

const [MOUNT, UNMOUNT] = ['mount', 'umount'] as const
const SIZE = 24 * 1024 * 1024

/** A small disk of its own needs the right to mount one. */
const disk = mkdtempSync(join(tmpdir(), 'disk-'))
const mounted = spawnSync(MOUNT, ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk]).status === 0

let market: TestMarket
beforeAll(async () => {
  market = await TestMarket.start()
})
afterAll(async () => {
  await market.stop()
  if (mounted) spawnSync(UNMOUNT, ['-l', disk])
  rmSync(disk, { recursive: true, force: true })
})

// Where no disk can be mounted this cannot be provoked: skipped then, and a failure where CI is set.
test.skipIf(!mounted && process.env.CI !== 'true')(
  'a full disk refuses uploads and stops the ledger, and nothing is lost when there is room again',
  async () => {
    expect(mounted, 'a small disk must be mountable here').toBe(true)
    const data = join(disk, 'data')
    mkdirSync(data)
    const daemon = await market.daemon({ data })
    onTestFinished(() => daemon.stop())
    const api = new TestClient(daemon.url)
    const moves = new MarketMoves(market)
    const listener = await EventListener.connect(daemon.url, '?since=0')
    onTestFinished(() => listener.close())
    const account = `account=${market.ambassador.address}`
    const before = await moves.post()
    await listener.until(({ event, data: { guid } }) => event === 'bounty' && guid === before)
    const kept = await api.upload(['stored while there was room'])
    expect(kept.status).toBe(200)

    const ballast = join(disk, 'ballast')
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    const refused = await api.upload([new Uint8Array(2_000_000).fill(1)])
    expect(refused).toMatchObject({ status: 503, body: { status: 'FAIL' } })
    // What a file of the ledger has room for inside still fits: it takes some blocks until it must grow.
    const during: string[] = []
    await expect
      .poll(
        async () => {
          during.push(await moves.post())
          await market.anvil.mine(50)
          return (await api.get('/ready')).status
        },
        { timeout: 60_000, interval: 50 },
      )
      .toBe(503)
    expect((await api.get('/health')).status).toBe(200)
    expect((await api.get(`/bounties/${before}?${account}`)).status).toBe(200)
    expect((await api.get(`/artifacts/${kept.body.result}/0`)).body).toBe('stored while there was room')

    rmSync(ballast)
    await listener.until(({ event, data: { guid } }) => event === 'bounty' && guid === during.at(-1))
    const seen = listener.messages.filter(({ event }) => event === 'bounty').map((message) => message.data.guid)
    expect(seen).toEqual([before, ...during])
    expect((await api.upload(['stored again'])).status).toBe(200)
  },
  120_000,
)
