import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { arbiterStakingAbi, bountyRegistryAbi, keeperAbi, nectarTokenAbi, parseNct } from '@polyswarm/protocol'
import { createPublicClient, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createKeystoreFile } from '../../../participants/src/runtime/keys/keystore.ts'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { deployMarket, readDeployment, writeDeployment } from '../deploy.ts'
import { deployCommand } from './deploy-command.ts'
import { DeploymentProgress } from './deployment-progress.ts'
import { MARKET_LIMITS } from './market-limits.ts'

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

/** A keystore with a password that everybody knows, as quick to open as the format allows. */
async function keystore(name: string): Promise<string[]> {
  const keyfile = join(directory, `${name}.key`)
  await createKeystoreFile({ path: keyfile, password: 'x', cost: 1024 })
  return ['--rpc-url', anvil.rpcUrl, '--keyfile', keyfile, '--password', 'x']
}

const deploy = (...args: string[]) => deployCommand().exitOverride().parseAsync(args, { from: 'user' })

test('a second deployment does not overwrite the file of the first', async () => {
  const out = join(directory, 'first.json')
  const flags = await keystore('first')
  await deploy(...flags, '--out', out)
  const first = readFileSync(out, 'utf8')
  const nonce = () => anvil.rpc('eth_blockNumber')
  const before = await nonce()
  await expect(deploy(...flags, '--out', out)).rejects.toThrow(/never overwritten/)
  expect(readFileSync(out, 'utf8')).toBe(first)
  expect(await nonce()).toBe(before)
  expect(existsSync(`${out}.progress`)).toBe(false)
})

test('--dry-run tells where all contracts will stand, and sends and writes nothing', async () => {
  const out = join(directory, 'dry.json')
  const flags = await keystore('dry')
  const before = await anvil.rpc('eth_blockNumber')
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  await deploy(...flags, '--out', out, '--dry-run')
  const told = said.mock.calls.map(([text]) => String(text)).join('')
  said.mockRestore()
  expect(await anvil.rpc('eth_blockNumber')).toBe(before)
  expect(existsSync(out)).toBe(false)
  await deploy(...flags, '--out', out)
  const { eth_uri: _, chain_id: __, free: ___, ...addresses } = readDeployment(out)
  for (const address of Object.values(addresses)) expect(told).toContain(address)
})

test('a deployment that is cut short after any step goes on there, with no step done twice', async () => {
  const account = privateKeyToAccount(generatePrivateKey())
  const client = createPublicClient({ transport: http(anvil.rpcUrl), cacheTime: 0 })
  const plan = { rpcUrl: anvil.rpcUrl, account, stakeDuration: 100, assertionRevealWindow: 10, arbiterVoteWindow: 20 }
  const out = join(directory, 'resumed.json')
  // Twice at each step, the process ends: when it is signed and not kept, and when it is kept and not sent.
  const ends: string[] = []
  for (let cut = 1; ; cut++) {
    const progress = DeploymentProgress.open(out, { of: account.address })
    const keep = progress.keep.bind(progress)
    progress.keep = (step, signed) => {
      if (cut % 2 === 0) keep(step, signed)
      throw new Error(`killed at ${step}`)
    }
    const deployment = await deployMarket({ ...plan, progress }).catch(({ cause }: Error) => {
      ends.push((cause as Error).message)
    })
    if (!deployment) continue
    expect([ends.length, new Set(ends).size]).toEqual([14, 7])
    expect(await client.getTransactionCount({ address: account.address })).toBe(7)
    expect(await client.getCode({ address: deployment.bounty_registry_address })).toMatch(/^0x.{100}/)
    break
  }
  // What is there already is only looked up.
  const again = DeploymentProgress.open(out, { of: account.address })
  await deployMarket({ ...plan, progress: again })
  expect(await client.getTransactionCount({ address: account.address })).toBe(7)
  expect(() => DeploymentProgress.open(out, { of: 'somebody else' })).toThrow(/other settings/)
  // One that was killed when all was done has nothing left to do; for others it is a market that stands already.
  writeFileSync(out, '{}')
  writeFileSync(`${out}.77.partial`, '{}')
  const complete = DeploymentProgress.open(out, { of: account.address })
  expect(complete.isComplete).toBe(true)
  expect(() => DeploymentProgress.open(out, { of: 'somebody else' })).toThrow(/never overwritten/)
  complete.end()
  expect(readdirSync(directory).filter((file) => file.startsWith('resumed.json'))).toEqual(['resumed.json'])
  rmSync(out)
  writeFileSync(`${out}.progress`, '{')
  expect(() => DeploymentProgress.open(out, { of: account.address })).toThrow(/damaged/)
})

test('the limits that deploy knows are those of the contracts', async () => {
  const account = privateKeyToAccount(generatePrivateKey())
  const longest = { rpcUrl: anvil.rpcUrl, account, ...MARKET_LIMITS }
  const deployment = await deployMarket(longest)
  const client = createPublicClient({ transport: http(anvil.rpcUrl) })
  const registry = { address: deployment.bounty_registry_address, abi: bountyRegistryAbi } as const
  const staking = { address: deployment.arbiter_staking_address, abi: arbiterStakingAbi } as const
  const read = await Promise.all([
    client.readContract({ ...staking, functionName: 'MAXIMUM_STAKE_DURATION' }),
    client.readContract({ ...registry, functionName: 'MAXIMUM_REVEAL_WINDOW' }),
    client.readContract({ ...registry, functionName: 'MAXIMUM_VOTE_WINDOW' }),
  ])
  expect(read.map(Number)).toEqual(Object.values(MARKET_LIMITS))
  const flags = await keystore('limits')
  for (const [flag, most] of Object.entries({
    '--stake-duration': MARKET_LIMITS.stakeDuration,
    '--assertion-reveal-window': MARKET_LIMITS.assertionRevealWindow,
    '--arbiter-vote-window': MARKET_LIMITS.arbiterVoteWindow,
  })) {
    await expect(deploy(...flags, '--out', join(directory, 'none.json'), flag, String(most + 1))).rejects.toThrow(flag)
  }
})

test.each(['ftp://127.0.0.1', '127.0.0.1:8545', 'nowhere'])(
  'the node at %s is refused by what is wrong',
  async (url) => {
    const [, , ...flags] = await keystore(`elsewhere ${url.length}`)
    await expect(deploy('--rpc-url', url, ...flags)).rejects.toThrow(/--rpc-url is ".*": give an http/)
  },
)

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
