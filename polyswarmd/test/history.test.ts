import { once } from 'node:events'
import { join } from 'node:path'
import type { Guid } from '@polyswarm/protocol'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { EventListener, type Message } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket, WINDOWS } from './test-market.ts'

const KEPT = 8
const DURATION = 6

let market: TestMarket
let moves: MarketMoves
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  moves = new MarketMoves(market)
})
afterAll(() => market.stop())

/** A daemon that forgets, on a market of which one bounty is over for so long and another is open. */
async function forgetfulDaemon(directory: string) {
  const daemon = await market.daemon({ data: join(market.directory, directory), keepHistory: KEPT })
  onTestFinished(() => daemon.stop())
  const api = new TestClient(daemon.url)
  const listener = await EventListener.connect(daemon.url, '?since=latest')
  onTestFinished(() => listener.close())
  const { cursor: start } = await listener.until(({ event }) => event === 'connected')
  const old = await moves.post({ duration: DURATION })
  await moves.mineTo((await moves.head()) + DURATION + WINDOWS.reveal + WINDOWS.vote + KEPT)
  const open = await moves.post({ duration: 100 })
  await listener.untilBlock(await moves.head())
  const status = async (guid: Guid) => (await api.get(`/bounties/${guid}?account=${market.ambassador.address}`)).status
  await expect.poll(() => status(old), { timeout: 10_000 }).toBe(404)
  return { daemon, api, listener, start, old, open, status }
}

const told = (messages: Message[], event: string) => messages.filter((message) => message.event === event)

test('a bounty that has been over for so many blocks is forgotten, and one that is not stays', async () => {
  const { daemon, old, open, status } = await forgetfulDaemon('forget')
  expect(await status(open)).toBe(200)
  const listener = await EventListener.connect(daemon.url, '?since=0')
  onTestFinished(() => listener.close())
  await listener.untilBlock(await moves.head())
  const guids = told(listener.messages, 'bounty').map(({ data }) => data.guid)
  expect(guids).toContain(open)
  expect(guids).not.toContain(old)
  const { result } = (await new TestClient(daemon.url).get(`/bounties?account=${market.ambassador.address}`)).body
  expect(result).toContain(open)
})

test('a cursor after which something is gone is refused, with what to do', async () => {
  const { daemon, start } = await forgetfulDaemon('refuse')
  const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/events?since=${start}`)
  const [, response] = await once(socket, 'unexpected-response')
  expect(response.statusCode).toBe(410)
  const body = JSON.parse(Buffer.concat(await response.toArray()).toString())
  expect(body.errors).toContain('resume=open')
})

test('with resume=open it is told what is open, and all that follows', async () => {
  const { daemon, start, old, open } = await forgetfulDaemon('resume')
  for (const since of ['0', start]) {
    const listener = await EventListener.connect(daemon.url, `?since=${since}&resume=open`)
    onTestFinished(() => listener.close())
    const snapshot = await listener.until(({ event }) => event === 'snapshot')
    const { messages } = listener
    expect(messages.map(({ event }) => event).filter((event) => event !== 'bounty')).toEqual(['connected', 'snapshot'])
    expect(messages.slice(0, -1).every(({ cursor }) => cursor === undefined)).toBe(true)
    const guids = told(messages, 'bounty').map(({ data }) => data.guid)
    expect(guids).toContain(open)
    expect(guids).not.toContain(old)
    expect(snapshot.data.number).toBe(await moves.head())
    const next = await moves.post({ duration: DURATION })
    await listener.until(({ event, data, cursor }) => event === 'bounty' && data.guid === next && cursor !== undefined)
    // From the cursor of the snapshot nothing is missed either.
    const resumed = await EventListener.connect(daemon.url, `?since=${snapshot.cursor}&resume=open`)
    onTestFinished(() => resumed.close())
    await resumed.until(({ event, data }) => event === 'bounty' && data.guid === next)
    expect(told(resumed.messages, 'snapshot')).toEqual([])
  }
})

test('who is not far behind is told everything, whether it asks for what is open or not', async () => {
  const daemon = await market.daemon({ data: join(market.directory, 'all') })
  onTestFinished(() => daemon.stop())
  const guid = await moves.post({ duration: DURATION })
  const all: Message[][] = []
  for (const query of ['?since=0', '?since=0&resume=open']) {
    const listener = await EventListener.connect(daemon.url, query)
    onTestFinished(() => listener.close())
    await listener.until(({ event, data }) => event === 'bounty' && data.guid === guid)
    await listener.untilBlock(await moves.head())
    all.push(listener.messages)
  }
  expect(all[1]).toEqual(all[0])
})
