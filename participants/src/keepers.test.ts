import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eicarTestFile } from './artifacts/eicar.ts'
import { type RunningProgram, type TestAccount, TestMarket } from './market.fixture.ts'

let market: TestMarket

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.5, revealWindow: 16, voteWindow: 16 })
})

afterEach(async () => {
  await market.stop()
})

const run = (program: string, account: TestAccount, ...args: string[]) => market.run(program, account, args)
const arbiter = (...args: string[]) =>
  run('arbiter', market.accounts.arbiter, '--backend', 'eicar', '--allowance', `${10n ** 26n}`, ...args)

async function keeper(): Promise<RunningProgram> {
  const keeping = run('keeper', await market.newAccount('keeper'))
  await keeping.said(/ready/)
  return keeping
}

/** Posts files in bounties of one each. */
async function post(files: number, ...args: string[]): Promise<RunningProgram> {
  const directory = join(market.directory, `files-${files}`)
  await mkdir(directory)
  for (let i = 0; i < files; i++)
    await writeFile(join(directory, `${i}.txt`), i % 2 === 0 ? eicarTestFile() : `harmless ${i}`)
  const source = ['--backend', 'filesystem', '--artifact-directory', directory, '--artifacts-per-bounty', '1']
  const allowance = ['--allowance', `${100n * 10n ** 18n}`, '--in-flight', '64']
  return run('ambassador', market.accounts.ambassador, ...source, ...allowance, '--once', '--duration', '24', ...args)
}

/** Transactions to the registry and to the contract of keepers, failed ones included, since a block. */
async function transactionsSince(start: bigint): Promise<number> {
  const { bounty_registry_address: registry, keeper_address: batches } = market.deployment
  const wanted = [registry, batches].map((address) => address?.toLowerCase())
  const head = await market.node.getBlockNumber({ cacheTime: 0 })
  let count = 0
  for (let blockNumber = start + 1n; blockNumber <= head; blockNumber++) {
    const { transactions } = await market.node.getBlock({ blockNumber, includeTransactions: true })
    count += transactions.filter(({ to }) => wanted.includes(to?.toLowerCase())).length
  }
  return count
}

describe('with a keeper', () => {
  it('an engine that is killed after handing over loses nothing', { timeout: 180_000 }, async () => {
    const voting = arbiter()
    const keeping = await keeper()
    const { engine } = market.accounts
    const { address } = engine.account
    const asserting = run('microengine', engine, '--backend', 'eicar')
    await Promise.all([voting.said(/staked stake/), asserting.said(/ready/)])
    const before = await market.balanceOf(address)
    const posting = await post(1)
    await asserting.said(/handed over/)
    await asserting.kill('SIGKILL')
    expect(await posting.exited, posting.output).toBe(0)
    await keeping.said(/bringing.*settlements=[1-9]/)
    await expect.poll(() => market.events('SettledBounty'), { timeout: 180_000, interval: 250 }).toHaveLength(3)
    const reveals = await market.events('RevealedAssertion')
    expect(reveals.map(({ args }) => args.author)).toEqual([address])
    expect(asserting.output).not.toMatch(/duty=(reveal|settle)/)
    expect((await market.balanceOf(address)) > before).toBe(true)
    expect(keeping.output).not.toMatch(/mined, but failed/)
  })

  it('ten bounties of five engines take few transactions', { timeout: 300_000 }, async () => {
    const voting = arbiter()
    await keeper()
    const { engine, rival } = market.accounts
    const engines = [engine, rival]
    for (const name of ['third', 'fourth', 'fifth']) engines.push(await market.newAccount(name))
    const allowance = ['--allowance', `${100n * 10n ** 18n}`]
    const running = engines.map((account) => run('microengine', account, '--backend', 'eicar', ...allowance))
    await Promise.all([voting.said(/staked stake/), ...running.map((each) => each.said(/ready/))])
    for (const [bounties, most] of [
      [1, 9],
      [10, 60],
    ] as const) {
      const start = await market.node.getBlockNumber({ cacheTime: 0 })
      const posting = await post(bounties, '--batch', String(bounties))
      expect(await posting.exited, posting.output).toBe(0)
      const settled = (bounties === 1 ? 1 : 11) * 7
      await expect.poll(() => market.events('SettledBounty'), { timeout: 180_000, interval: 250 }).toHaveLength(settled)
      expect(await market.events('RevealedAssertion')).toHaveLength((bounties === 1 ? 1 : 11) * 5)
      expect(await transactionsSince(start)).toBeLessThanOrEqual(most)
    }
  })
})

describe('without a keeper of its own', () => {
  it('an ambassador can keep its bounties', { timeout: 180_000 }, async () => {
    const voting = arbiter()
    const { engine } = market.accounts
    const asserting = run('microengine', engine, '--backend', 'eicar')
    await Promise.all([voting.said(/staked stake/), asserting.said(/ready/)])
    const posting = await post(2, '--keep')
    await asserting.said(/handed over.*keepers=true/, 2)
    await asserting.kill('SIGKILL')
    expect(await posting.exited, posting.output).toBe(0)
    expect(await market.events('RevealedAssertion')).toHaveLength(2)
    expect(posting.output).toMatch(/bringing reveals=2/)
  })
})
