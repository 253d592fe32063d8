import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { parseNct } from '@polyswarm/protocol'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { keepNoBlockHashes } from '../../devnet/src/setup/block-hashes.ts'
import { writeDeployment } from '../src/deploy.ts'
import type { PolyswarmdOptions } from '../src/index.ts'
import { CountingNode } from './counting-node.ts'
import { EventListener } from './event-listener.ts'
import { ledgerRows } from './ledger-rows.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let moves: MarketMoves
beforeAll(async () => {
  market = await TestMarket.start()
  // Without it, each block would cost the node more than the one before.
  await keepNoBlockHashes(market.anvil.rpcUrl)
  await market.stakeArbiters()
  moves = new MarketMoves(market)
})
afterAll(() => market.stop())

/** A daemon that ends with the test. */
async function daemonIn(directory: string, options: Partial<PolyswarmdOptions> = {}) {
  const data = join(market.directory, directory)
  const daemon = await market.daemon({ data, ...options })
  onTestFinished(() => daemon.stop())
  return { daemon, ledger: join(data, 'ledger-side.sqlite'), api: new TestClient(daemon.url) }
}

/** Every guid, page by page. */
async function guids(api: TestClient): Promise<string[]> {
  const all: string[] = []
  for (let page = 0; ; page++) {
    const { body } = await api.get(`/bounties?account=${market.ambassador.address}&count=75&page=${page}`)
    all.push(...body.result)
    if (body.result.length < 75) return all
  }
}

test('killed at random moments of ingestion and started again, the ledger equals a fresh one, row for row', async () => {
  const deployment = join(market.directory, 'sidechain.json')
  writeDeployment(deployment, market.deployment)
  const data = join(market.directory, 'killed')
  const program = join(import.meta.dirname, '../dist/bin/polyswarmd.js')
  const flags = [
    '--side',
    deployment,
    '--data',
    data,
    '--port',
    '0',
    '--polling-interval',
    '10',
    '--log-format',
    'json',
  ]
  mkdirSync(data)

  for (let kills = 0; kills < 7; kills++) {
    const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    // Killed while it writes: at one of the first times that its write-ahead log grows, while a bounty goes by.
    const ended = new AbortController()
    let bounty: Promise<void> | undefined
    let remaining = 1 + Math.floor(Math.random() * 25)
    try {
      for await (const { filename } of watch(data, { signal: ended.signal })) {
        if (!filename?.endsWith('-wal')) continue
        bounty ??= moves.wholeBounty().then(() => ended.abort())
        if (--remaining <= 0) break
      }
    } catch {
      // The bounty was over before.
    }
    child.kill('SIGKILL')
    await Promise.all([once(child, 'exit'), bounty])
  }

  const head = await moves.head()
  for (const directory of ['killed', 'fresh']) {
    const { daemon } = await daemonIn(directory)
    const listener = await EventListener.connect(daemon.url, '?since=0')
    await listener.untilBlock(head)
    listener.close()
    await daemon.stop()
  }
  const fresh = ledgerRows(join(market.directory, 'fresh', 'ledger-side.sqlite'))
  expect(fresh.settlements?.length).toBeGreaterThan(20)
  expect(ledgerRows(join(data, 'ledger-side.sqlite'))).toEqual(fresh)
}, 180_000)

test.each([1, 2, 5, 20])('a re-org of depth %i takes back what was withdrawn and says so, once', async (depth) => {
  const { daemon, ledger, api } = await daemonIn(`reorg-${depth}`)
  const [aware, plain] = await Promise.all([
    EventListener.connect(daemon.url, '?since='),
    EventListener.connect(daemon.url),
  ])
  // A bounty is an approval and a post, a block each; the approval makes the deepest block another one the second time.
  const withdrawn = await moves.post()
  if (depth > 2) await market.anvil.mine(depth - 2)
  const height = await moves.head()
  await aware.untilBlock(height)
  expect(await guids(api)).toContain(withdrawn)

  await market.anvil.rpc('anvil_reorg', [depth, []])
  await market.anvil.mine(2)
  const { data } = await aware.until(({ event }) => event === 'reorg')
  expect(data).toEqual({ number: height - depth })
  const head = await moves.head()
  await aware.until(({ event, data: { number } }) => event === 'block' && number === head)
  expect(await guids(api)).not.toContain(withdrawn)
  expect((await api.get(`/bounties/${withdrawn}?account=${market.ambassador.address}`)).status).toBe(404)

  // A client that was away meanwhile, and has seen what was withdrawn, is told first.
  const seen = aware.messages.find(({ event, data: { guid } }) => event === 'bounty' && guid === withdrawn)
  const returning = await EventListener.connect(daemon.url, `?since=${seen?.cursor}`)
  await returning.untilBlock(head)
  expect(returning.messages[1]).toMatchObject({ event: 'reorg', data: { number: height - depth } })

  const kept = await moves.post()
  await plain.until(({ event, data: { guid } }) => event === 'bounty' && guid === kept)
  expect(plain.messages.map(({ event }) => event)).not.toContain('reorg')
  expect(aware.messages.filter(({ event }) => event === 'reorg')).toHaveLength(1)
  // A client that joins afterwards and reads everything is told of no bounty that did not stay.
  const later = await EventListener.connect(daemon.url, '?since=0')
  await later.untilBlock(await moves.head())
  expect(later.messages.filter(({ event }) => event === 'bounty').map((message) => message.data.guid)).toEqual(
    ledgerRows(ledger).bounties?.map((row) => (row as { guid: string }).guid),
  )
  for (const listener of [aware, plain, later, returning]) listener.close()
})

test('a node set back to an older state is a re-org', async () => {
  const { daemon, api } = await daemonIn('older-state')
  const snapshot = await market.anvil.rpc('evm_snapshot')
  const before = await guids(api)
  const listener = await EventListener.connect(daemon.url, '?since=latest')
  const withdrawn = await moves.post()
  await listener.until(({ event, data }) => event === 'bounty' && data.guid === withdrawn)
  const height = await moves.head()
  await market.anvil.rpc('evm_revert', [snapshot])
  const { data } = await listener.until(({ event }) => event === 'reorg')
  expect(data.number).toBe(height - 2)
  expect(await guids(api)).toEqual(before)
  listener.close()
})

test('with confirmations, a bounty appears when so many blocks stand on it', async () => {
  const { daemon, api } = await daemonIn('confirmed', { confirmations: 3 })
  const listener = await EventListener.connect(daemon.url)
  const guid = await moves.post()
  const posted = await moves.head()
  await market.anvil.mine(2)
  await listener.untilBlock(posted - 1)
  expect(await guids(api)).not.toContain(guid)
  await market.anvil.mine(1)
  await listener.untilBlock(posted)
  expect(await guids(api)).toContain(guid)
  listener.close()
})

test('more blocks than are announced one by one are read in one go, without losing an event', async () => {
  await market.anvil.mine(700)
  const guid = await moves.post()
  await market.anvil.mine(300)
  const { daemon, api } = await daemonIn('far-behind')
  expect(await guids(api)).toContain(guid)
  const listener = await EventListener.connect(daemon.url, '?since=0')
  await listener.untilBlock(await moves.head())
  const blocks = listener.messages.filter(({ event }) => event === 'block')
  expect(blocks.length).toBeLessThan(700)
  const [all, live] = [await guids(api), listener.messages.filter(({ event }) => event === 'bounty')]
  expect(live.map((message) => message.data.guid).slice(0, all.length)).toEqual(all)
  expect(parseNct('2').toString()).toBe(live[0]?.data.amount)
  listener.close()
})

test('a node that answers for few blocks at a time is not asked for more again and again', async () => {
  const guid = await moves.post()
  await market.anvil.mine(6_000)
  const node = await CountingNode.before(market.anvil.rpcUrl, 500)
  onTestFinished(() => node.stop())
  const head = await moves.head()
  const { daemon, api } = await daemonIn('few-blocks', {
    chains: { side: { ...market.deployment, eth_uri: node.url } },
  })
  const listener = await EventListener.connect(daemon.url, '?since=0')
  await listener.untilBlock(head)
  expect(await guids(api)).toContain(guid)
  // The range that was refused, and the one after it that had been asked for ahead.
  expect(node.refused).toBeLessThanOrEqual(2)
  // Four questions for each range, and two for each of the newest blocks.
  const calls = [...node.calls.values()].reduce((sum, count) => sum + count, 0)
  expect(calls).toBeLessThan(4 * (head / 300) + 2 * 256 + 100)
  listener.close()
})

test('logs that are none of the registry’s are passed over, and the stream goes on', async () => {
  const { daemon } = await daemonIn('foreign', {
    chains: { side: { ...market.deployment, bounty_registry_address: market.deployment.nectar_token_address } },
  })
  const listener = await EventListener.connect(daemon.url, '?since=0')
  await moves.post()
  await listener.untilBlock(await moves.head())
  expect(new Set(listener.messages.map(({ event }) => event))).toEqual(new Set(['connected', 'block']))
  listener.close()
})

test('a node is followed over WebSocket as well, and let go of at the end', async () => {
  const chains = { side: { ...market.deployment, eth_uri: market.anvil.wsUrl } }
  const { daemon, api } = await daemonIn('websocket', { chains })
  const listener = await EventListener.connect(daemon.url)
  const guid = await moves.post()
  await listener.until(({ event, data }) => event === 'bounty' && data.guid === guid)
  const { ambassador } = market
  const settled = await api.signAndSend(
    ambassador,
    await api.post(`/bounties/${guid}/settle?account=${ambassador.address}`),
  )
  expect(settled.body.errors.errors[0]).toMatch(/transaction failed at block \d+, error: \w+/)
  listener.close()
  await daemon.stop()
})
