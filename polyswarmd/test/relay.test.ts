import { erc20RelayAbi, nectarTokenAbi, parseNct } from '@polyswarm/protocol'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { TestClient, TestMarket } from './test-market.ts'

const verifiers = Array.from({ length: 3 }, () => privateKeyToAccount(generatePrivateKey()))
const relay = { verifiers: verifiers.map(({ address }) => address) }
const feeWallet = verifiers[0]?.address as Address

let home: TestMarket
let side: TestMarket
let daemon: Polyswarmd
let api: TestClient
let account: string
beforeAll(async () => {
  home = await TestMarket.start({ relay })
  side = await TestMarket.start({ relay: { ...relay, exchangeRate: 1n, feeWallet } })
  daemon = await side.daemon({ chains: { home: home.deployment, side: side.deployment } })
  api = new TestClient(daemon.url)
  account = `account=${home.ambassador.address}`
})
afterAll(async () => {
  await daemon.stop()
  await Promise.all([home.stop(), side.stop()])
})

const failure = (status: number, errors: unknown) => ({ status, body: { status: 'FAIL', errors } })
const balanceOf = ({ client, deployment }: TestMarket, address: Address) =>
  client.readContract({
    address: deployment.nectar_token_address,
    abi: nectarTokenAbi,
    functionName: 'balanceOf',
    args: [address],
  })

test('a deposit goes to the relay of the home chain, a withdrawal to that of the side chain, whatever chain is named', async () => {
  const body = { amount: String(parseNct('5')) }
  for (const [path, market, chain] of [
    ['deposit', home, 'home'],
    ['withdrawal', side, 'side'],
  ] as const) {
    const party = market.ambassador
    const { erc20_relay_address: to } = market.deployment
    for (const query of ['', '&chain=home', '&chain=side', '&base_nonce=70']) {
      const built = await api.post(`/relay/${path}?account=${party.address}${query}`, body)
      const [transaction] = built.body.result.transactions
      expect(built.body.result.transactions).toHaveLength(1)
      expect(transaction).toMatchObject({ to: market.deployment.nectar_token_address, value: 0 })
      if (query.includes('base_nonce')) expect(transaction.nonce).toBe(70)
    }
    const built = await api.post(`/relay/${path}?account=${party.address}`, body)
    const sent = await api.signAndSend(party, built, chain)
    expect(sent.body.result.transfers).toEqual([{ to, from: party.address, value: body.amount }])
  }
})

test('what was deposited is paid on the other chain once enough verifiers have approved', async () => {
  const amount = parseNct('5')
  const destination = home.ambassador.address
  const txHash: Hex = `0x${'12'.repeat(32)}`
  const to = side.deployment.erc20_relay_address as Address
  const approve = encodeFunctionData({
    abi: erc20RelayAbi,
    functionName: 'approveWithdrawal',
    args: [destination, amount, txHash, `0x${'34'.repeat(32)}`, 7n],
  })
  const before = await balanceOf(side, destination)
  for (const verifier of verifiers.slice(0, 2)) await side.send(verifier, to, approve)
  const { fees } = (await api.get(`/relay/fees?${account}`)).body.result
  expect((await balanceOf(side, destination)) - before).toBe(amount - BigInt(fees))
})

test('whether a transaction was paid is told by the chain that pays', async () => {
  const paid = (transaction: string, chain: string) =>
    api.get(`/relay/payments/${transaction}?${account}&chain=${chain}`)
  const txHash = `0x${'12'.repeat(32)}`
  expect((await paid(txHash, 'side')).body.result).toEqual({ paid: true })
  expect((await paid(txHash, 'home')).body.result).toEqual({ paid: false })
  expect((await paid(`0x${'13'.repeat(32)}`, 'side')).body.result).toEqual({ paid: false })
  expect((await paid('0x12', 'side')).status).toBe(404)
})

test('fees are exact, of the chain that is asked for', async () => {
  const fees = await side.client.readContract({
    address: side.deployment.erc20_relay_address as Address,
    abi: erc20RelayAbi,
    functionName: 'fees',
  })
  expect(fees).toBeGreaterThan(0n)
  expect(BigInt((await api.get(`/relay/fees?${account}`)).body.result.fees)).toBe(fees)
  expect((await api.get(`/relay/fees?${account}&chain=home`)).body.result).toEqual({ fees: 0 })
})

test('what is refused', async () => {
  expect(await api.post('/relay/deposit', { amount: '1' })).toEqual(failure(400, 'Account must be provided'))
  for (const [amount, detail] of [
    [1, 'data.amount must be string'],
    ['', 'data.amount must be longer than or equal to 1 characters'],
    ['1'.repeat(65), 'data.amount must be shorter than or equal to 64 characters'],
    ['-1', 'data.amount must match pattern ^\\d+$'],
  ]) {
    expect(await api.post(`/relay/withdrawal?${account}`, { amount })).toEqual(failure(400, `Invalid JSON: ${detail}`))
  }
})

test('a daemon with one chain says which chain, or which contract, it lacks', async () => {
  const { erc20_relay_address: _none, ...deployment } = side.deployment
  const only = await side.daemon({ chains: { side: deployment }, data: `${side.directory}/only` })
  try {
    const one = new TestClient(only.url)
    expect(await one.post(`/relay/deposit?${account}`, { amount: '1' })).toEqual(
      failure(400, 'Chain must one of side: this daemon has no home chain'),
    )
    expect(await one.post(`/relay/withdrawal?${account}`, { amount: '1' })).toEqual(
      failure(400, 'The side chain has no relay: its deployment file names none.'),
    )
    expect((await one.get(`/offers/pending?${account}`)).body.result).toEqual([])
  } finally {
    await only.stop()
  }
})
