import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAnvil } from '../../test/support/anvil.ts'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

/** The line to the node, which a test can cut. */
class Line {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #whole = true
  #port: number

  constructor(port: number) {
    this.#port = port
    this.#server = createServer((incoming) => {
      if (!this.#whole) return void incoming.destroy()
      const outgoing = connect(this.#port, '127.0.0.1')
      for (const socket of [incoming, outgoing]) {
        this.#sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => [incoming, outgoing].map((other) => other.destroy()))
      }
      incoming.pipe(outgoing).pipe(incoming)
    })
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  cut(): void {
    this.#whole = false
    for (const socket of this.#sockets) socket.destroy()
  }

  /** @param port of the node at the other end from now on. */
  mend(port = this.#port): void {
    this.#port = port
    this.#whole = true
  }

  stop(): void {
    this.cut()
    this.#server.close()
  }
}

let market: TestMarket
let line: Line
let daemon: Polyswarmd
let api: TestClient
let account: string
beforeAll(async () => {
  market = await TestMarket.start()
  line = new Line(Number(new URL(market.anvil.rpcUrl).port))
  const deployment = { ...market.deployment, eth_uri: await line.listen() }
  daemon = await market.daemon({ chains: { side: deployment } })
  api = new TestClient(daemon.url)
  account = `account=${market.ambassador.address}`
})
afterAll(async () => {
  await daemon.stop()
  line.stop()
  await market.stop()
})

test('a node that is gone for a while costs no event; meanwhile what the ledger knows is served, the rest is refused', async () => {
  const moves = new MarketMoves(market)
  const before = await moves.post()
  const listener = await EventListener.connect(daemon.url, '?since=0')
  await listener.until(({ event, data }) => event === 'bounty' && data.guid === before)
  expect((await api.get(`/bounties?${account}`)).status).toBe(200)

  line.cut()
  await expect.poll(async () => (await api.get('/ready')).status).toBe(503)
  const during = await moves.post()
  await market.anvil.mine(3)
  expect((await api.get(`/bounties/${before}?${account}`)).status).toBe(200)
  expect((await api.get(`/bounties/${before}/assertions?${account}`)).body.result).toEqual([])
  expect((await api.get('/status')).body.result.side).toEqual({ reachable: false })
  expect((await api.get('/health')).status).toBe(200)
  expect(await api.get(`/balances/${market.ambassador.address}/nct`)).toEqual({
    status: 500,
    body: { status: 'FAIL', errors: 'Could not retrieve balance' },
  })
  for (const path of [`/nonce?${account}`, `/pending?${account}`, `/syncing?${account}`]) {
    const { status, body } = await api.get(path)
    expect([status, body.status, body.errors]).toEqual([503, 'FAIL', expect.stringContaining('does not answer')])
  }
  expect((await api.post(`/bounties/${before}/settle?${account}`)).status).toBe(503)

  line.mend()
  await listener.until(({ event, data }) => event === 'bounty' && data.guid === during)
  await listener.untilBlock(await moves.head())
  await expect.poll(async () => (await api.get('/ready')).status).toBe(200)
  const blocks = listener.messages.filter(({ event }) => event === 'block').map(({ data }) => data.number)
  expect(blocks).toEqual(blocks.map((_, index) => index))
  listener.close()
})

test('a node that is not there at the start is waited for, and then given up for now', async () => {
  const chains = { side: { ...market.deployment, eth_uri: 'http://127.0.0.1:9' } }
  await expect(market.daemon({ data: `${market.directory}/absent`, chains, chainPatience: 300 })).rejects.toMatchObject(
    {
      code: 'CHAIN_UNAVAILABLE',
      retryable: true,
    },
  )
})

test('a node that has become that of another chain ends the daemon before it takes anything back', async () => {
  const other = await startAnvil()
  line.cut()
  line.mend(Number(new URL(other.rpcUrl).port))
  await expect(daemon.failed).rejects.toMatchObject({ code: 'LEDGER_MISMATCH' })
  expect((await api.get(`/bounties?${account}`)).body.result).toHaveLength(2)
  await other.stop()
})
