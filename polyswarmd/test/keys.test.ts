import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { approveCall, nectarTokenAbi, transferCall } from '@polyswarm/protocol'
import { encodeFunctionData, getAddress, type Hex, type PrivateKeyAccount } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { KEY_FILE, KeyFile } from '../src/access/key-file.ts'
import type { Polyswarmd } from '../src/index.ts'
import { type Answer, TestMarket } from './test-market.ts'

const MIB = 1024 * 1024
const RELAY = getAddress(`0x${'ab'.repeat(20)}`)
const program = join(import.meta.dirname, '../dist/bin/polyswarmd.js')

let market: TestMarket
let daemon: Polyswarmd
let data: string
let keys: KeyFile
let account: string
beforeAll(async () => {
  market = await TestMarket.start()
  data = join(market.directory, 'data')
  const chains = { side: { ...market.deployment, erc20_relay_address: RELAY } }
  daemon = await market.daemon({ data, chains, apiKeys: 'required' })
  keys = KeyFile.open(join(data, KEY_FILE))
  account = `account=${market.ambassador.address}`
})
afterAll(async () => {
  keys.close()
  await daemon.stop()
  await market.stop()
})

function newKey(limits: Partial<Parameters<KeyFile['add']>[1]> = {}) {
  return keys.add('test', { maxArtifactSize: MIB, requestsPerMinute: 1_000, bytesInFlight: 4 * MIB, ...limits })
}

async function ask(path: string, key?: string, init: RequestInit = {}): Promise<Answer & { headers: Headers }> {
  const headers = { ...init.headers, ...(key === undefined ? {} : { authorization: key }) }
  const response = await fetch(`${daemon.url}${path}`, { ...init, headers })
  const text = await response.text()
  const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
  return { status: response.status, body, headers: response.headers }
}

const post = (path: string, body: unknown, key?: string) =>
  ask(path, key, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

function upload(size: number, key?: string) {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(size).fill(7)]), 'a')
  return ask('/artifacts', key, { method: 'POST', body: form })
}

const UNAUTHORIZED = { status: 'FAIL', errors: 'Unauthorized' }

test('without a key, or with a wrong or revoked one, everything but what is open is 401, unknown paths included', async () => {
  const revoked = newKey()
  keys.revoke(revoked.id)
  for (const key of [undefined, 'wrong', `Bearer ${revoked.key}`, '']) {
    for (const path of [`/nonce?${account}`, '/artifacts/status', '/metrics', '/nowhere', `/bounties/?${account}`]) {
      expect(await ask(path, key), path).toMatchObject({ status: 401, body: UNAUTHORIZED })
    }
  }
  for (const path of ['/status', '/status/', '/health', '/ready']) expect((await ask(path)).status, path).toBe(200)
  for (const path of ['/transactions', '/transactions/']) {
    const { status } = await post(`${path}?${account}`, { transactions: [] })
    expect(status, path).toBe(200)
  }
  expect((await post(`/relay/withdrawal/?${account}`, {})).status).toBe(400)
})

test('a key is the last word of the header, and may be used from the next request on until it is revoked', async () => {
  const { key, id } = newKey()
  for (const header of [key, `Bearer ${key}`, `anything else  ${key}`]) {
    expect((await ask(`/nonce?${account}`, header)).status).toBe(200)
  }
  expect((await ask('/nowhere', key)).status).toBe(404)
  keys.revoke(id)
  expect((await ask(`/nonce?${account}`, key)).status).toBe(401)
})

test('events need a key as well, and WebSockets are refused before they are opened', async () => {
  const url = `${daemon.url.replace('http', 'ws')}/events`
  const refused = new WebSocket(url)
  const [, response] = await once(refused, 'unexpected-response')
  expect(response.statusCode).toBe(401)
  refused.on('error', () => undefined)
  refused.terminate()
  const socket = new WebSocket(url, { headers: { authorization: newKey().key } })
  const [message] = await once(socket, 'message')
  expect(JSON.parse(String(message)).event).toBe('connected')
  socket.terminate()
})

test('the key itself is nowhere on the disk', () => {
  const { key } = newKey()
  for (const file of [KEY_FILE, `${KEY_FILE}-wal`]) {
    expect(readFileSync(join(data, file)).includes(key)).toBe(false)
  }
})

test('a key has its own largest artifact, for uploads and downloads', async () => {
  const [small, large] = [newKey({ maxArtifactSize: 1_000 }).key, newKey().key]
  expect((await upload(1_000, small)).status).toBe(200)
  expect(await upload(1_001, small)).toMatchObject({ status: 413, body: { errors: 'Artifact too large' } })
  const { body } = await upload(1_001, large)
  expect((await ask(`/artifacts/${body.result}/0`, large)).status).toBe(200)
  expect(await ask(`/artifacts/${body.result}/0`, small)).toMatchObject({
    status: 400,
    body: { errors: `Artifact with URI ${body.result}/0 too large` },
  })
  const declared = await upload(256 * (1_000 + 4_096) + 1, small)
  expect(declared).toMatchObject({ status: 413, body: { status: 'FAIL', errors: 'Payload too large' } })
})

test('beyond its requests a minute a key gets 429 and the time to wait; others are served', async () => {
  const { key } = newKey({ requestsPerMinute: 5 })
  for (let request = 0; request < 5; request++) expect((await ask('/artifacts/status', key)).status).toBe(200)
  const refused = await ask('/artifacts/status', key)
  expect(refused).toMatchObject({ status: 429, body: { status: 'FAIL' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(12)
  expect((await ask('/artifacts/status', newKey().key)).status).toBe(200)
})

test('beyond its bytes in flight a key gets 429 until what is under way is through', async () => {
  const { key } = newKey({ bytesInFlight: 600_000 })
  const { body } = await upload(500_000, key)
  const path = `/artifacts/${body.result}/0`
  // An answer that is not read is under way.
  const controller = new AbortController()
  const first = await fetch(`${daemon.url}${path}`, { headers: { authorization: key }, signal: controller.signal })
  expect(first.status).toBe(200)
  await expect
    .poll(async () => {
      const held = fetch(`${daemon.url}${path}`, { headers: { authorization: key } })
      const more = await Promise.all([held, ...Array.from({ length: 8 }, () => upload(400_000, key))])
      return more.some(({ status }) => status === 429)
    })
    .toBe(true)
  await first.arrayBuffer()
  await expect.poll(async () => (await upload(500_000, key)).status).toBe(200)
})

test('without a key exactly one withdrawal may be sent', async () => {
  const { ambassador, deployment } = market
  const token = deployment.nectar_token_address
  const addresses = {
    nectarToken: token,
    arbiterStaking: deployment.arbiter_staking_address,
    bountyRegistry: deployment.bounty_registry_address,
  }
  const nonce = await market.client.getTransactionCount({ address: ambassador.address })
  const signed = (call: { to: Hex; data: Hex }, value = 0n, signer: PrivateKeyAccount = ambassador) =>
    signer.signTransaction({
      type: 'legacy',
      chainId: market.anvil.chainId,
      nonce,
      gas: 200_000n,
      gasPrice: 0n,
      value,
      ...call,
    })
  const send = async (raw: Hex[], key?: string) =>
    post(`/transactions?${account}`, { transactions: raw.map((hex) => hex.slice(2)) }, key)

  const withdrawal = transferCall(addresses, RELAY, 5n)
  const others = [
    await signed(transferCall(addresses, ambassador.address, 5n)),
    await signed(transferCall(addresses, RELAY, 0n)),
    await signed(approveCall(addresses, RELAY, 5n)),
    await signed(withdrawal, 1n),
    await signed({ to: deployment.bounty_registry_address, data: withdrawal.data }),
    await signed({ to: token, data: '0xa9059cbb' }),
    await signed({ to: token, data: encodeFunctionData({ abi: nectarTokenAbi, functionName: 'totalSupply' }) }),
  ]
  for (const raw of others) {
    const { status, body } = await send([raw])
    expect(status).toBe(400)
    expect(body.errors).toEqual([
      {
        is_error: true,
        message: expect.stringMatching(
          /^Invalid transaction for tx [0-9a-f]{64}: only withdrawals allowed without an API key$/,
        ),
      },
    ])
  }
  const raw = await signed(withdrawal)
  expect(await send([raw, raw])).toMatchObject({
    status: 403,
    body: { status: 'FAIL', errors: 'Posting multiple transactions requires an API key' },
  })
  const { status, body } = await send([raw])
  expect([status, body.result?.[0].is_error]).toEqual([200, false])
})

test('the commands add, list and revoke while the daemon runs', async () => {
  const run = async (...args: string[]) =>
    promisify(execFile)(process.execPath, [program, 'key', ...args, '--data', data])
  const { stdout } = await run('add', 'Engine\u001b[2J GmbH', '--requests-per-minute', '7')
  const key = stdout.trim()
  expect((await ask(`/nonce?${account}`, key)).status).toBe(200)
  const lines = (await run('list')).stdout.trim().split('\n')
  const line = lines.find((text) => text.includes('GmbH')) ?? ''
  expect(line).toMatch(/^[0-9a-f]{8} {2}Engine\?\[2J GmbH {2}34603008 bytes, 7 a minute/)
  await run('revoke', line.slice(0, 8))
  expect((await ask(`/nonce?${account}`, key)).status).toBe(401)
  await expect(run('revoke', line.slice(0, 8))).rejects.toMatchObject({
    code: 1,
    stderr: `polyswarmd: No API key that is still good has the id "${line.slice(0, 8)}": see "polyswarmd key list".\n`,
  })
})
