import { nectarTokenAbi, newGuid, parseNct } from '@polyswarm/protocol'
import { encodeFunctionData, type Hex, type PrivateKeyAccount } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { type Answer, TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
let moves: MarketMoves
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
  moves = new MarketMoves(market)
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

const path = () => `/transactions?account=${market.ambassador.address}`
const post = (...raw: string[]) => api.post(path(), { transactions: raw.map((hex) => hex.replace(/^0x/, '')) })
const report = (...hashes: string[]) => api.send('GET', path(), JSON.stringify({ transactions: hashes }))
const messages = ({ body }: Answer) => body.errors.map(({ message }: { message: string }) => message)

/** A signed transfer of one base unit, with anything changed. */
async function transfer(
  changes: Record<string, unknown> = {},
  by: PrivateKeyAccount = market.ambassador,
): Promise<Hex> {
  const nonce = await market.client.getTransactionCount({ address: by.address, blockTag: 'pending' })
  const args = [market.engines[0]?.address ?? '0x', 1n] as const
  return by.signTransaction({
    type: 'legacy',
    chainId: market.anvil.chainId,
    to: market.deployment.nectar_token_address,
    data: encodeFunctionData({ abi: nectarTokenAbi, functionName: 'transfer', args }),
    gas: 100_000n,
    gasPrice: 0n,
    nonce,
    ...changes,
  } as Parameters<PrivateKeyAccount['signTransaction']>[0])
}

test('signed transactions are sent on, in the order given, and reported with all they did', async () => {
  const nonce = await market.client.getTransactionCount({ address: market.ambassador.address })
  const raw = [await transfer({ nonce }), await transfer({ nonce: nonce + 1 })]
  const sent = await post(...raw)
  expect(sent.status).toBe(200)
  const hashes = sent.body.result.map(({ is_error, message }: { is_error: boolean; message: string }) => {
    expect(is_error).toBe(false)
    expect(message).toMatch(/^0x[0-9a-f]{64}$/)
    return message
  })
  const entry = { from: market.ambassador.address, to: market.engines[0]?.address, value: '1' }
  const expected = { status: 200, body: { status: 'OK', result: { errors: [], transfers: [entry, entry] } } }
  expect(await report(...hashes)).toEqual(expected)
  expect(await report(...hashes.map((hash: string) => hash.slice(2)))).toEqual(expected)
})

test('an EIP-1559 transaction goes through as well', async () => {
  const raw = await transfer({ type: 'eip1559', gasPrice: undefined, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n })
  expect((await post(raw)).status).toBe(200)
})

test('an empty list is nothing to do', async () => {
  expect(await post()).toEqual({ status: 200, body: { status: 'OK', result: [] } })
  expect(await report()).toEqual({ status: 200, body: { status: 'OK', result: { errors: [] } } })
})

test('what is no transaction is refused as a whole, and nothing is sent', async () => {
  const good = await transfer()
  for (const [bad, message] of [
    ['abc', /^Invalid transaction: /],
    ['00', /^Unexpected exception while parsing transaction$/],
    [`f8${'00'.repeat(40)}`, /^Unexpected exception while parsing transaction$/],
    [good.slice(2, -4), /^Unexpected exception while parsing transaction$/],
    [`${good.slice(2)}00`, /^Unexpected exception while parsing transaction$/],
  ] as const) {
    const answer = await post(good, bad)
    expect([answer.status, answer.body.errors.length, answer.body.errors[0].is_error]).toEqual([400, 1, true])
    expect(messages(answer)[0]).toMatch(message)
  }
  expect((await post('0x')).body.errors).toMatch(/must be longer than or equal to 1 characters$/)
  expect((await post('zz')).body.errors).toBe('Invalid JSON: data.transactions[0] must match pattern ^[0-9a-fA-F]+$')
  expect((await post(...Array(11).fill(good))).body.errors).toMatch(/less than or equal to 10 items$/)
  expect((await post(good)).status).toBe(200)
})

test.each([
  [
    'sender',
    async () => transfer({}, market.owner),
    /^Invalid transaction sender for tx [0-9a-f]{64}: expected 0x\w{40} got 0x\w{40}$/,
  ],
  [
    'recipient',
    async () => transfer({ to: `0x${'22'.repeat(20)}` }),
    /^Invalid transaction recipient for tx [0-9a-f]{64}: 0x2{40}$/,
  ],
  ['recipient none', async () => transfer({ to: null }), /^Invalid transaction recipient for tx [0-9a-f]{64}: none$/],
  [
    'chain',
    async () => transfer({ chainId: 1 }),
    /^Invalid transaction chain id for tx [0-9a-f]{64}: expected 1338 got 1$/,
  ],
  [
    'chain none',
    async () => transfer({ chainId: undefined }),
    /^Invalid transaction chain id for tx [0-9a-f]{64}: expected 1338 got none$/,
  ],
  [
    'nonce',
    async () => transfer({ nonce: 0 }),
    /^Invalid transaction error for tx [0-9a-f]{64}: \{'code': -\d+, 'message': 'nonce too low.*'\}$/,
  ],
] as const)('a wrong %s is named, and the others are still sent', async (_what, sign, message) => {
  const answer = await post(await sign(), await transfer())
  expect(answer.status).toBe(400)
  expect(messages(answer)[0]).toMatch(message)
  expect(answer.body.errors[1]).toEqual({ is_error: false, message: expect.stringMatching(/^0x/) })
})

test('a transaction that the node has already is known', async () => {
  await market.anvil.rpc('evm_setAutomine', [false])
  const raw = await transfer()
  expect((await post(raw)).status).toBe(200)
  expect(messages(await post(raw))[0]).toMatch(/known transaction/)
  await market.anvil.rpc('evm_setAutomine', [true])
  await market.anvil.mine()
})

test('a revert is reported in the words of the contract, next to what succeeded', async () => {
  const guid = newGuid()
  const built = await api.post(`/bounties/${guid}/settle?account=${market.ambassador.address}`)
  const [transaction] = built.body.result.transactions
  const nonce = transaction.nonce
  const settle = await market.ambassador.signTransaction({
    ...transaction,
    type: 'legacy',
    gas: 200_000n,
    gasPrice: 0n,
    value: 0n,
  })
  const sent = await post(settle, await transfer({ nonce: nonce + 1 }))
  const [failed, succeeded] = sent.body.result.map(({ message }: { message: string }) => message)
  const { status, body } = await report(failed, succeeded)
  expect(status).toBe(400)
  expect(body).toEqual({
    status: 'FAIL',
    errors: {
      errors: [expect.stringMatching(/^transaction [0-9a-f]{64}: transaction failed at block \d+, error: \w/)],
      transfers: [expect.anything()],
    },
  })
  expect(body.errors.errors[0]).toContain(`Bounty unknown (guid ${guid})`)
})

test('a transfer beyond the balance is told with its values', async () => {
  const args = [market.owner.address, parseNct('60000000')] as const
  const data = encodeFunctionData({ abi: nectarTokenAbi, functionName: 'transfer', args })
  const sent = await post(await transfer({ data }))
  const { body } = await report(sent.body.result[0].message)
  expect(body.errors.errors[0]).toMatch(
    /error: .*insufficient balance \(sender 0x\w{40}, balance \d+, needed 60000000\d+\)/i,
  )
})

test('a transaction that used up its gas is out of gas', async () => {
  const sent = await post(await transfer({ gas: 25_000n }))
  const { body } = await report(sent.body.result[0].message)
  expect(body.errors.errors[0]).toMatch(/^transaction [0-9a-f]{64}: out of gas$/)
})

test('logs of contracts that are not of the market count for nothing', async () => {
  // Another NectarToken, in which the ambassador "transfers" what it likes.
  const { deployMarket } = await import('../src/deploy.ts')
  const { nectar_token_address: foreign } = await deployMarket({
    rpcUrl: market.anvil.rpcUrl,
    account: market.owner,
    stakeDuration: 1,
    assertionRevealWindow: 5,
    arbiterVoteWindow: 5,
    mint: [{ to: market.ambassador.address, amount: 5n }],
  })
  const args = [market.owner.address, 5n] as const
  const data = encodeFunctionData({ abi: nectarTokenAbi, functionName: 'transfer', args })
  const hash = await market.send(market.ambassador, foreign, data)
  expect(await report(hash)).toEqual({ status: 200, body: { status: 'OK', result: { errors: [] } } })
})

test('a receipt that does not come is a timeout after 10 s on the side chain, and all are waited for at once', async () => {
  const started = performance.now()
  const unknown = ['11', '22', '33'].map((byte) => byte.repeat(32))
  const { status, body } = await report(...unknown)
  expect(status).toBe(400)
  expect(body.errors).toEqual({
    errors: unknown.map((hash) => `transaction ${hash}: timeout during wait for receipt`),
  })
  expect(performance.now() - started).toBeGreaterThan(9_500)
  expect(performance.now() - started).toBeLessThan(13_000)
})

test('a request that waits is answered when the daemon stops', async () => {
  const other = await market.daemon({ data: `${market.directory}/other` })
  const waiting = new TestClient(other.url).send('GET', path(), JSON.stringify({ transactions: ['44'.repeat(32)] }))
  // Requests that were sent later have been answered: this one is under way.
  for (let i = 0; i < 5; i++) await new TestClient(other.url).get('/health')
  const started = performance.now()
  await other.stop()
  expect((await waiting).body.errors.errors[0]).toMatch(/timeout during wait for receipt/)
  expect(performance.now() - started).toBeLessThan(4_000)
})

test('what a receipt promised can be read back at once', async () => {
  for (let i = 0; i < 5; i++) {
    const guid = await moves.post()
    const hash = (await market.client.getBlock()).transactions[0] ?? '0x'
    await report(hash)
    const answer = await api.get(`/bounties/${guid}?account=${market.ambassador.address}`)
    expect(answer.body.result?.guid).toBe(guid)
  }
})
