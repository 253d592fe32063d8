import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bountyRegistryAbi, keeperAbi, nectarTokenAbi, parseNct } from '@polyswarm/protocol'
import { createPublicClient, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { deployMarket, readDeployment, writeDeployment } from '../deploy.ts'

let anvil: TestChain
beforeAll(async () => {
  anvil = await startAnvil()
})
afterAll(() => anvil.stop())

const directory = mkdtempSync(join(tmpdir(), 'deployment-'))

test('a market stands where the deployment says, linked, with arbiters and tokens, and the file reads back', async () => {
  const account = privateKeyToAccount(generatePrivateKey())
  const arbiter = privateKeyToAccount(generatePrivateKey()).address
  const deployment = await deployMarket({
    rpcUrl: anvil.rpcUrl,
    account,
    stakeDuration: 100,
    assertionRevealWindow: 10,
    arbiterVoteWindow: 20,
    arbiters: [arbiter],
    mint: [{ to: arbiter, amount: parseNct('7') }],
  })
  expect(deployment).toMatchObject({ eth_uri: anvil.rpcUrl, chain_id: anvil.chainId, free: true })

  const client = createPublicClient({ transport: http(anvil.rpcUrl) })
  const registry = { address: deployment.bounty_registry_address, abi: bountyRegistryAbi } as const
  expect(await client.readContract({ ...registry, functionName: 'assertionRevealWindow' })).toBe(10n)
  expect(await client.readContract({ ...registry, functionName: 'arbiterVoteWindow' })).toBe(20n)
  expect(await client.readContract({ ...registry, functionName: 'isArbiter', args: [arbiter] })).toBe(true)
  const keeper = { address: deployment.keeper_address ?? '0x', abi: keeperAbi } as const
  expect(await client.readContract({ ...keeper, functionName: 'registry' })).toBe(registry.address)
  const token = { address: deployment.nectar_token_address, abi: nectarTokenAbi } as const
  expect(await client.readContract({ ...token, functionName: 'balanceOf', args: [arbiter] })).toBe(parseNct('7'))
  expect(await client.readContract({ ...token, functionName: 'transfersEnabled' })).toBe(true)

  const file = join(directory, 'sidechain.json')
  writeDeployment(file, deployment)
  expect(readDeployment(file)).toEqual(deployment)
})

test('a refused step is named', async () => {
  const account = privateKeyToAccount(generatePrivateKey())
  const plan = { rpcUrl: anvil.rpcUrl, account, stakeDuration: 100, assertionRevealWindow: 0, arbiterVoteWindow: 20 }
  await expect(deployMarket(plan)).rejects.toThrow(/^Deploying the market failed at BountyRegistry/)
})

test.each([
  ['not JSON', '{', /it is not JSON/],
  ['another shape', '[]', /the whole/],
  [
    'a wrong address',
    '{"eth_uri":"http://x","chain_id":1,"free":true,"nectar_token_address":"0x1"}',
    /nectar_token_address/,
  ],
])('a deployment file that is %s gives one clear sentence', (_case, text, message) => {
  const file = join(directory, 'broken.json')
  writeFileSync(file, text)
  expect(() => readDeployment(file)).toThrow(message)
})
