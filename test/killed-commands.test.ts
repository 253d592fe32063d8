import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { bountyRegistryAbi, newGuid, parseNct } from '@polyswarm/protocol'
import { type Address, createPublicClient, createWalletClient, http } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CaseBook } from '../participants/src/arbiter/cases/case-book.ts'
import { createKeystoreFile, openKeystore } from '../participants/src/runtime/keys/keystore.ts'
import { readDeployment } from '../polyswarmd/src/chain/deployment.ts'
import { Bridge } from './support/bridge.ts'
import { ROOT } from './support/markdown.ts'

/*
 * Commands as they are typed, killed by SIGKILL at one step after the other, and typed again until they come to their end.
 */
const DYING = pathToFileURL(join(ROOT, 'test/support/dying-process.ts')).href

let bridge: Bridge
let directory: string
beforeAll(async () => {
  bridge = await Bridge.start()
  for (const index of [0, 1, 2]) bridge.startVerifier(index)
  directory = mkdtempSync(join(tmpdir(), 'killed-'))
})
afterAll(async () => {
  await bridge.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** What a program needs that does not end by itself: what happens meanwhile, and what it says when it may be told to stop. */
interface Company {
  meanwhile(): Promise<void>
  isDone: RegExp
}

/** How a move of money dies: with a new journal, signed, sent, mined, and when it has said so. */
const MONEY_DEATHS = ['committed 1', 'about to send 1', 'sent 1', 'committed 1', 'committed 1']

/**
 * Types a command again and again.
 *
 * @param plan where each run is to die; those after them are left alone.
 * @returns where it died, and what the last run said.
 */
async function untilDone(program: string, args: string[], plan: readonly string[], company?: Company) {
  const script = join(ROOT, program === 'polyswarmd' ? 'polyswarmd' : 'participants', `dist/bin/${program}.js`)
  const deaths: string[] = []
  for (let run = 0; ; run++) {
    const child = spawn(process.execPath, ['--import', DYING, script, ...args], {
      cwd: directory,
      env: { ...process.env, DIE_AT: plan[run] ?? '', XDG_STATE_HOME: directory, PASSWORD: 'x' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    }
    const ended = once(child, 'close')
    for (let isTold = false; company && child.exitCode === null && child.signalCode === null; ) {
      await company.meanwhile()
      if (!isTold && company.isDone.test(said)) isTold = child.kill('SIGTERM')
      await Promise.race([delay(20), ended])
    }
    await ended
    if (child.signalCode !== 'SIGKILL') return { deaths, said, status: child.exitCode }
    deaths.push(/^killed: (.*)/m.exec(said)?.[1] ?? said)
    // Nobody types again what was said to be done.
    if (/^done/m.test(said)) return { deaths, said, status: 0 }
  }
}

async function newAccount(name: string): Promise<{ keyfile: string; account: PrivateKeyAccount }> {
  const keyfile = join(directory, `${name}.json`)
  await createKeystoreFile({ path: keyfile, password: 'x', cost: 1024 })
  return { keyfile, account: await openKeystore(keyfile, 'x') }
}

const sent = (side: typeof bridge.side, address: Address) =>
  createPublicClient({ transport: http(side.chain.rpcUrl), cacheTime: 0 }).getTransactionCount({ address })

test('a deployment stands as it was meant to, with each of its transactions once', async () => {
  const { keyfile, account } = await newAccount('deployer')
  const url = bridge.side.chain.rpcUrl
  const plan = ['renamed 1', 'about to send 1', 'sent 1', 'renamed 2', 'sent 2', 'linked 1']
  const { deaths, said } = await untilDone('polyswarmd', ['deploy', '--rpc-url', url, '--keyfile', keyfile], plan)
  expect(deaths.map((death) => `${death} `)).toEqual(plan.map((death) => death.replace(/\d+$/, '')))
  expect(said).toMatch(/The market stands since an earlier run/)
  expect(await sent(bridge.side, account.address)).toBe(7)
  const { bounty_registry_address: address } = readDeployment(join(directory, 'sidechain.json'))
  const client = createPublicClient({ transport: http(url) })
  const registry = { address, abi: bountyRegistryAbi } as const
  expect(await client.readContract({ ...registry, functionName: 'arbiterVoteWindow' })).toBe(100n)
  expect(readdirSync(directory).filter((file) => /^sidechain.json./.test(file))).toEqual([])
}, 600_000)

test('a stake is locked once, and taken back once', async () => {
  const { keyfile, account } = await newAccount('arbiter')
  const wallet = createWalletClient({ account: bridge.owner, transport: http(bridge.side.chain.rpcUrl) })
  const staking = bridge.side.deployment.arbiter_staking_address
  const hash = await wallet.writeContract({
    address: bridge.side.deployment.bounty_registry_address,
    abi: bountyRegistryAbi,
    functionName: 'addArbiter',
    args: [account.address, 0n],
    chain: null,
    gasPrice: 0n,
  })
  await bridge.side.client.waitForTransactionReceipt({ hash })
  await bridge.mint(bridge.side, account.address, parseNct('30000000'))
  const common = ['--polyswarmd-addr', bridge.daemon.url, '--keyfile', keyfile]
  const locked = await untilDone('account', ['stake', '10000000', ...common], MONEY_DEATHS)
  expect(locked).toMatchObject({ status: 0, said: expect.stringMatching(/^done/m) })
  expect(locked.deaths).toEqual(expect.arrayContaining(['committed', 'about to send', 'sent']))
  expect(await bridge.balanceOf(bridge.side, staking)).toBe(parseNct('10000000'))
  expect(await sent(bridge.side, account.address)).toBe(2)
  await bridge.mine(6)
  const back = await untilDone('account', ['unstake', '10000000', ...common], MONEY_DEATHS.slice(1))
  expect(back).toMatchObject({ status: 0, said: expect.stringMatching(/^done/m) })
  expect(back.deaths).toEqual(expect.arrayContaining(['committed', 'about to send', 'sent']))
  expect(await bridge.balanceOf(bridge.side, account.address)).toBe(parseNct('30000000'))
  expect(await sent(bridge.side, account.address)).toBe(3)
}, 600_000)

test('a balance is refilled once, whoever was killed in between', async () => {
  const { keyfile, account } = await newAccount('maintained')
  await bridge.mint(bridge.home, account.address, parseNct('100'))
  const common = ['--polyswarmd-addr', bridge.daemon.url, '--keyfile', keyfile, '--confirmations', '1']
  const company = { meanwhile: () => bridge.mine(), isDone: /arrived/ }
  const { deaths, status } = await untilDone(
    'balancemanager',
    ['maintain', '10', '15', ...common],
    MONEY_DEATHS,
    company,
  )
  expect(status).toBe(0)
  expect(deaths).toEqual(expect.arrayContaining(['committed', 'about to send', 'sent']))
  expect(await bridge.balanceOf(bridge.side, account.address)).toBe(parseNct('15'))
  expect(await bridge.balanceOf(bridge.home, account.address)).toBe(parseNct('85'))
  expect(await sent(bridge.home, account.address)).toBe(1)
}, 600_000)

test('a decision is taken once, and whom it decided for is not asked again', async () => {
  const cases = join(directory, 'cases.sqlite')
  const book = CaseBook.open(cases)
  const sha256 = 'c'.repeat(64)
  const evidence = { uri: 'Qm', artifactType: 'file', size: 9, format: 'text', metadata: '', sources: [] } as const
  const one = { chain: 'side', guid: newGuid(), artifact: 0, sha256, closesHead: 90 }
  book.add([{ ...one, evidence: { ...evidence, sources: [] } }], 1)
  const args = ['decide', '1', 'malicious', '--why', 'seen', '--who', 'Ada', '--cases', cases]
  const { deaths, status } = await untilDone('arbiter', args, ['committed 1', 'committed 1'])
  expect(status).toBe(0)
  expect(deaths).toEqual(['committed', 'committed'])
  expect(book.get(1).state).toBe('decided')
  expect(book.decisions({ sha256, limit: 10 })).toMatchObject([{ verdict: 'malicious', who: 'Ada', why: 'seen' }])
  book.close()
}, 600_000)
