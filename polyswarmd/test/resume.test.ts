import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener, type Message } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let daemon: Polyswarmd
let moves: MarketMoves
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  daemon = await market.daemon()
  moves = new MarketMoves(market)
  await moves.wholeBounty()
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

test('cut at any point and resumed, a client has every event once and in order, while the chain goes on', async () => {
  let stop = false
  const chain = (async () => {
    while (!stop) await moves.post()
  })()
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(cuts, async (lengths) => {
      const seen: Message[] = []
      let since = '0'
      for (const length of lengths) {
        const listener = await EventListener.connect(daemon.url, `?since=${since}`)
        await listener.until(() => listener.messages.length > length)
        listener.close()
        // Of what has come, a client acts on no more than it got around to.
        seen.push(...listener.messages.slice(1, length + 1))
        since = seen.at(-1)?.cursor ?? ''
      }
      const whole = await EventListener.connect(daemon.url, '?since=0')
      await whole.until(({ cursor, event }) => event !== 'connected' && cursor === since)
      whole.close()
      expect(seen).toEqual(whole.messages.slice(1, seen.length + 1))
    }),
    { numRuns: 30 },
  )
  stop = true
  await chain
})

test('the cursor of the greeting is where the connection begins', async () => {
  const first = await EventListener.connect(daemon.url, '?since=latest')
  const { cursor } = await first.until(({ event }) => event === 'connected')
  first.close()
  const guid = await moves.post()
  const second = await EventListener.connect(daemon.url, `?since=${cursor}`)
  await second.until(({ event, data }) => event === 'bounty' && data.guid === guid)
  second.close()
})

test('a client that never reads is cut off or left behind, and costs the others nothing', async () => {
  const { hostname, port } = new URL(daemon.url)
  const deaf = connect(Number(port), hostname)
  deaf.write(
    `GET /events?since=0 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
  )
  await once(deaf, 'connect')
  deaf.pause()
  const listener = await EventListener.connect(daemon.url)
  await moves.wholeBounty()
  await listener.untilBlock(await moves.head())
  deaf.destroy()
  listener.close()
  expect((await new TestClient(daemon.url).get('/health')).status).toBe(200)
})

test('the log goes on after a restart: same cursors, no event twice', async () => {
  const data = `${market.directory}/restarted`
  const first = await market.daemon({ data })
  const before = await EventListener.connect(first.url, '?since=0')
  await before.untilBlock(await moves.head())
  const { cursor } = before.messages.at(-1) ?? {}
  await first.stop()
  const guid = await moves.post()
  const second = await market.daemon({ data })
  const after = await EventListener.connect(second.url, `?since=${cursor}`)
  await after.untilBlock(await moves.head())
  expect(after.messages.filter(({ event }) => event === 'bounty').map((message) => message.data.guid)).toEqual([guid])
  after.close()
  await second.stop()
})
