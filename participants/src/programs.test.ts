import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nectarTokenAbi } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestMarket } from './market.fixture.ts'
import { readJournal } from './runtime/journal/journal-report.ts'
import { readLearnedBounties } from './runtime/journal/learned-bounties.ts'

let market: TestMarket

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.05, revealWindow: 8, voteWindow: 16 })
})

afterEach(async () => {
  await market.stop()
})

describe('an engine with all its glue', () => {
  it('approves once, is alive, measures itself, learns, and its journal tells what was won', {
    timeout: 180_000,
  }, async () => {
    const { engine, rival, arbiter, ambassador } = market.accounts
    const journal = engine.keyfile.replace(/json$/, 'sqlite')
    const live = join(market.directory, 'engine.live')
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb, '--testing', '3'])
    const flags = [
      '--backend',
      'eicar',
      '--backend',
      'entropy',
      '--distillation',
      'bayesian',
      '--bid-strategy',
      'growth',
    ]
    const glue = ['--allowance', (50n * 10n ** 18n).toString(), '--liveness', live, '--metrics-port', '0']
    const limits = ['--max-risk-per-bounty', (3n * 10n ** 17n).toString()]
    const right = market.run('microengine', engine, [...flags, ...glue, ...limits])
    const wrong = market.run('microengine', rival, ['--backend', 'contrarian'])
    await Promise.all([voting.said(/staked stake/), right.said(/ready/), wrong.said(/ready/)])
    const posting = market.run('ambassador', ambassador, ['--once', '--duration', '15'])
    expect(await posting.exited, posting.output).toBe(0)
    await right.said(/settled/, 3)
    await right.said(/learned/, 3)

    expect((await market.runOnce('liveness', ['--file', live])).output).toMatch(/^alive: block \d+/)
    const url = /url=(\S+metrics)/.exec(right.output)?.[1] ?? ''
    const metrics = await (await fetch(url)).text()
    expect(metrics).toContain('polyswarm_bounties_total{decision="assert"} 3')
    expect(metrics).toMatch(/polyswarm_findings_total\{backend="eicar",outcome="malicious"\} \d+/)
    expect(Number(/^polyswarm_payouts_nct_total (\S+)/m.exec(metrics)?.[1])).toBeGreaterThan(0)
    expect(metrics).toMatch(/polyswarm_time_left_blocks_count 3/)

    const approvals = await market.node.getContractEvents({
      address: market.deployment.nectar_token_address,
      abi: nectarTokenAbi,
      eventName: 'Approval',
      args: { owner: engine.account.address },
      fromBlock: 0n,
    })
    expect(approvals.filter(({ args }) => args.value === 50n * 10n ** 18n)).toHaveLength(1)
    const assertions = (await market.events('NewAssertion')).filter(
      ({ args }) => args.author === engine.account.address,
    )
    expect(assertions).toHaveLength(3)
    for (const { args } of assertions) {
      const total = args.bid?.reduce((sum, bid) => sum + bid, 0n) ?? 0n
      expect(total <= 3n * 10n ** 17n).toBe(true)
    }

    const { lines, summary } = readJournal(journal)
    expect(summary).toMatchObject({ bounties: 3, asserted: 3, revealed: 3, settled: 3, missed: 0, pending: 0, lost: 0 })
    expect(lines.every(({ state, verdict, truth }) => state === 'won' && verdict === truth)).toBe(true)
    const shown = await market.runOnce('microengine', ['journal', '--journal', journal])
    expect(shown.output).toMatch(/malicious +0\.\d+ +malicious +won/)
    expect(shown.output).toMatch(/3 bounties, 3 asserted, 3 revealed, 3 settled/)
    const csv = await market.runOnce('microengine', ['journal', '--journal', journal, '--format', 'csv'])
    expect(csv.output.trim().split('\r\n')).toHaveLength(lines.length + 1)
    const json = await market.runOnce('microengine', ['journal', '--journal', journal, '--format', 'json'])
    expect(JSON.parse(json.output)).toEqual({ summary, verdicts: lines })

    const [learned, ...others] = readLearnedBounties(journal)
    expect(others).toHaveLength(2)
    expect(learned?.rivals.map(({ author }) => author)).toEqual([rival.account.address])
    const svg = join(market.directory, 'growth.svg')
    const tested = await market.runOnce('microengine', ['backtest', '--journal', journal, '--json', '--svg', svg])
    expect(JSON.parse(tested.output).strategies.map(({ strategy }: { strategy: string }) => strategy)).toContain(
      'growth',
    )
    expect(await readFile(svg, 'utf8')).toContain('</svg>')

    expect(await right.kill('SIGTERM')).toBe(0)
    const dead = await market.runOnce('liveness', ['--file', live])
    expect(dead.child.exitCode).toBe(1)
    expect(dead.output).toMatch(/not alive/)
  })

  it('takes part on both chains from one process, with a journal for each', { timeout: 180_000 }, async () => {
    const { engine } = market.accounts
    await market.stopDaemon()
    await market.startDaemon(['home', 'side'])
    const both = market.run('microengine', engine, ['--backend', 'eicar', '--chains', 'home', '--chains', 'side'])
    await both.said(/ready.*chain=home|ready.*sqlite\.home/)
    await both.said(/ready.*chain=side|ready.*sqlite\.side/)
    const path = engine.keyfile.replace(/json$/, 'sqlite')
    expect(await both.kill('SIGTERM'), both.output).toBe(0)
    for (const chain of ['home', 'side']) expect(readJournal(`${path}.${chain}`).summary.bounties).toBe(0)
  })

  it('ends with an error when one of its chains is not there', { timeout: 180_000 }, async () => {
    const elsewhere = market.run('microengine', market.accounts.engine, ['--backend', 'eicar', '--chains', 'home,side'])
    const code = await elsewhere.exited
    expect(code, elsewhere.output).not.toBe(0)
  })
})

describe('an arbiter', () => {
  it('withdraws its stake when the market is deprecated for good, and not before', { timeout: 180_000 }, async () => {
    const { arbiter } = market.accounts
    const staking = market.deployment.arbiter_staking_address
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
    await voting.said(/staked stake/)
    await market.deprecate(false)
    await voting.said(/the market is deprecated/)
    await voting.kill('SIGKILL')
    expect(await market.balanceOf(staking)).toBeGreaterThan(0n)

    // What it has to do later it knows after a crash, too.
    const again = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
    await again.said(/ready/)
    expect(again.output).not.toMatch(/duty=withdraw-stake/)
    await market.chain.mine(140)
    await again.said(/stake withdrawn/)
    expect(await market.balanceOf(staking)).toBe(0n)
  })
})
