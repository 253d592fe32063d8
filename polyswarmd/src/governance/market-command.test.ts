import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createKeystoreFile, openKeystore } from '../../../participants/src/runtime/keys/keystore.ts'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { deployMarket, writeDeployment } from '../deploy.ts'
import { marketCommand } from './market-command.ts'
import { MARKET_OPERATIONS } from './market-operations.ts'

const directory = mkdtempSync(join(tmpdir(), 'govern-'))
const deployment = join(directory, 'sidechain.json')
const newAddress = () => privateKeyToAddress(generatePrivateKey())
let anvil: TestChain

beforeAll(async () => {
  anvil = await startAnvil()
  for (const name of ['owner', 'stranger']) {
    await createKeystoreFile({ path: join(directory, name), password: 'x', cost: 1024 })
  }
  const plan = {
    rpcUrl: anvil.rpcUrl,
    account: await openKeystore(join(directory, 'owner'), 'x'),
    stakeDuration: 100,
    assertionRevealWindow: 10,
    arbiterVoteWindow: 20,
    relay: { verifiers: [newAddress(), newAddress(), newAddress()] },
  }
  writeDeployment(deployment, await deployMarket(plan))
})
afterAll(async () => {
  await anvil.stop()
  rmSync(directory, { recursive: true })
})

/** Runs `polyswarmd market …`, and returns what it printed. */
async function market(signer: 'owner' | 'stranger', ...args: string[]): Promise<string> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const common = ['--deployment', deployment, '--keyfile', join(directory, signer), '--password', 'x']
  const command = marketCommand()
  for (const each of command.commands) each.exitOverride().configureOutput({ writeErr: () => undefined })
  try {
    await command.parseAsync([...args, ...common], { from: 'user' })
    return printed.mock.calls.map(([text]) => String(text)).join('')
  } finally {
    printed.mockRestore()
  }
}

const block = () => anvil.rpc<string>('eth_blockNumber')

test.each([
  ['who has no role', 'stranger', ['add-arbiter', newAddress()], /Cannot add-arbiter: Arbiter manager unauthorized/],
  [
    'a window that is too long',
    'owner',
    ['set-windows', '101', '5'],
    /Window out of range \(window 101, maximum 100\)/,
  ],
  ['a fee that is too high', 'owner', ['set-bounty-fee', '10.1'], /Fee too high/],
  ['an arbiter that is none', 'owner', ['remove-arbiter', newAddress()], /Arbiter unknown/],
] as const)('%s is refused in the words of the contract, and nothing is sent', async (_who, signer, args, words) => {
  const before = await block()
  await expect(market(signer, ...args)).rejects.toThrow(words)
  expect(await block()).toBe(before)
})

test('every operation is shown, done and read back; where it undoes another, after it', async () => {
  const account = newAddress()
  const of = { address: account, nct: '0.125', blocks: '7' }
  const done: string[] = []
  for (const { name, takes, on } of MARKET_OPERATIONS) {
    if (name === 'accept-ownership') continue
    for (const contract of on) {
      if (name === 'roll-over') await market('owner', 'undeprecate')
      const which = on.length > 1 ? ['--contract', contract] : []
      const said = await market('owner', name, ...takes.map(([, kind]) => of[kind]), ...which)
      expect(said, name).toMatch(/calls \w+\(.*\)\n {2}of the \w+ 0x\w{40} on chain 1338\n {2}data 0x/)
      expect(said, name).toMatch(/done: \w+\(.*\) is /)
      done.push(name)
    }
  }
  expect(new Set(done).size).toBe(MARKET_OPERATIONS.length - 1)
})

test('an owner changes in two steps', async () => {
  const { address } = await openKeystore(join(directory, 'stranger'), 'x')
  await market('owner', 'transfer-ownership', address, '--contract', 'staking')
  expect(await market('stranger', 'accept-ownership', '--contract', 'staking')).toContain(`owner() is ${address}`)
  await expect(market('owner', 'add-pauser', newAddress(), '--contract', 'staking')).rejects.toThrow(/unauthorized/i)
})

test('--dry-run sends nothing', async () => {
  const before = await block()
  expect(await market('owner', 'add-arbiter', newAddress(), '--dry-run')).toContain('It would succeed')
  expect(await block()).toBe(before)
})

test.each([
  ['an address', ['add-arbiter', '0x12']],
  ['an amount', ['set-bounty-fee', '1e3']],
  ['a number', ['set-windows', '-1', '5']],
  ['a contract', ['pause', '--contract', 'token']],
])('what is not %s is refused before the key is opened', async (_what, args) => {
  await expect(market('owner', ...args)).rejects.toThrow(/invalid|unknown/i)
})
