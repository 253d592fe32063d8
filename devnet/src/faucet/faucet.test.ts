import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deployMarket } from '@polyswarm/polyswarmd/deploy'
import { nectarTokenAbi, parseNct } from '@polyswarm/protocol'
import { type Address, createPublicClient, http, type PublicClient } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askFaucet } from '../../../participants/src/account/faucet-client.ts'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { Faucet } from './faucet.ts'

const directory = mkdtempSync(join(tmpdir(), 'faucet-'))
const never = new AbortController().signal
const deployer = privateKeyToAccount(generatePrivateKey())
let chain: TestChain
let faucet: Faucet
let token: Address
let node: PublicClient

beforeAll(async () => {
  chain = await startAnvil()
  const deployment = await deployMarket({
    rpcUrl: chain.rpcUrl,
    account: deployer,
    stakeDuration: 10,
    assertionRevealWindow: 5,
    arbiterVoteWindow: 5,
    mint: [{ to: deployer.address, amount: parseNct('20100001') }],
  })
  token = deployment.nectar_token_address
  node = createPublicClient({ transport: http(chain.rpcUrl), cacheTime: 0 })
  faucet = await Faucet.open({ nodeRpc: chain.rpcUrl, token, deployer })
})
afterAll(async () => {
  await faucet.close()
  await chain.stop()
  rmSync(directory, { recursive: true, force: true })
})

const newAddress = () => privateKeyToAccount(generatePrivateKey()).address
const balanceOf = (of: Address) =>
  node.readContract({ address: token, abi: nectarTokenAbi, functionName: 'balanceOf', args: [of] })
const post = async (body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(faucet.url, { method: 'POST', body, headers })
  return { status: response.status, ...((await response.json()) as { error?: string }) }
}

test('who asks at the same time gets its own, with coin for gas, and a deployer that has nothing left says so', async () => {
  const accounts = [newAddress(), newAddress(), newAddress()]
  const [first, second, third] = accounts
  await Promise.all([
    askFaucet({ faucet: faucet.url, account: first }, never),
    askFaucet({ faucet: faucet.url, account: second, amount: '0.000000000000000001' }, never),
    askFaucet({ faucet: faucet.url, account: third, amount: '20000000' }, never),
  ])
  expect(await Promise.all(accounts.map(balanceOf))).toEqual([parseNct('100000'), 1n, parseNct('20000000')])
  expect(await node.getBalance({ address: first as Address })).toBe(parseNct('1000'))
  await expect(askFaucet({ faucet: faucet.url, account: newAddress() }, never)).rejects.toThrow(
    /has the deployer enough/,
  )
  await askFaucet({ faucet: faucet.url, account: second, amount: '0.5' }, never)
  expect(await balanceOf(second as Address)).toBe(parseNct('0.5') + 1n)
})

test.each([
  ['no JSON', '{', 400],
  ['no account', '{}', 400],
  ['an account that is none', '{"account":"0x1"}', 400],
  ['nothing', `{"account":"${newAddress()}","amount":"0"}`, 400],
  ['more than it gives', `{"account":"${newAddress()}","amount":"20000000.1"}`, 400],
  ['half of a unit', `{"account":"${newAddress()}","amount":"0.0000000000000000001"}`, 400],
  ['a long request', `{"account":"${'0'.repeat(100_000)}"}`, 400],
])('%s is refused, and nothing is sent', async (_what, body, status) => {
  const nonce = await node.getTransactionCount({ address: deployer.address })
  expect(await post(body)).toMatchObject({ status, error: expect.stringMatching(/\w/) })
  expect(await node.getTransactionCount({ address: deployer.address })).toBe(nonce)
})

test('a web page gets nothing', async () => {
  const headers = { origin: 'https://market.example' }
  expect((await post(`{"account":"${newAddress()}"}`, headers)).status).toBe(403)
})

test('who names no faucet, or something else, is told what to do', async () => {
  const account = newAddress()
  await expect(askFaucet({ account }, never)).rejects.toThrow(/npm start/)
  await expect(askFaucet({ faucet: chain.rpcUrl, account }, never)).rejects.toThrow(/it is no faucet/)
  await expect(askFaucet({ market: join(directory, 'none.json'), account }, never)).rejects.toThrow(/cannot be read/)
})
