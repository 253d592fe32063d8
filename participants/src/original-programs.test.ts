import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningProgram, type TestAccount, TestMarket } from './market.fixture.ts'

/** A virtual environment with the published Python programs; CONTRIBUTING says how to make one. */
const environment = process.env.PYTHON_PEERS
const missing = environment === undefined && process.env.CI !== 'true'
const why = missing ? ' (skipped: PYTHON_PEERS names no environment with them)' : ''
/** What Python has dropped since, and the programs import. */
const shim = fileURLToPath(new URL('../../.ci/peers/python', import.meta.url))

const BOUNTIES = 2

let market: TestMarket
const started: RunningProgram[] = []
beforeAll(async () => {
  if (missing) return
  market = await TestMarket.start({ blockTime: 0.5, revealWindow: 20, voteWindow: 20 })
})
afterAll(async () => {
  for (const program of started) if (program.child.exitCode === null) await program.kill('SIGKILL')
  await market?.stop()
})

/** Runs a program of the original as its users did, until it has seen some bounties through. */
function original(name: string, { keyfile }: TestAccount): RunningProgram {
  const options = ['--keyfile', keyfile, '--password', 'correct horse', '--polyswarmd-addr', market.url]
  const args = [...options, '--chains', 'side', '--backend', 'eicar', '--testing', String(BOUNTIES)]
  return run(name, args)
}

function run(name: string, args: readonly string[]): RunningProgram {
  const program = new RunningProgram(
    spawn(join(environment ?? '', 'bin', name), args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONPATH: shim, BOUNTY_TEST_DURATION_BLOCKS: '20', PYTHONUNBUFFERED: '1' },
    }),
  )
  started.push(program)
  return program
}

describe.skipIf(missing)(`the published programs of 2021, unmodified${why}`, () => {
  it('bring bounties of their own from post to payout, beside an engine of ours', { timeout: 180_000 }, async () => {
    const { engine, rival, arbiter, ambassador } = market.accounts
    const ours = market.run('microengine', rival, ['--backend', 'eicar', '--testing', String(BOUNTIES)])
    const voting = original('arbiter', arbiter)
    const theirs = original('microengine', engine)
    // The name of a listener is all that they say when they are ready.
    await Promise.all([
      ours.said(/ready/),
      voting.said(/connection .* established/),
      theirs.said(/connection .* established/),
    ])
    original('ambassador', ambassador)
    await Promise.all([voting.exited, theirs.exited, ours.exited])

    const guidsOf = async (name: 'NewAssertion' | 'RevealedAssertion', address: string) =>
      (await market.events(name)).filter(({ args }) => args.author === address).map(({ args }) => args.bountyGuid)
    const asserted = await guidsOf('NewAssertion', engine.account.address)
    expect(asserted.length, theirs.output).toBeGreaterThanOrEqual(BOUNTIES)
    const revealed = await guidsOf('RevealedAssertion', engine.account.address)
    // Those that are due together come in any order.
    expect(revealed.toSorted(), theirs.output).toEqual(asserted.toSorted())
    const voted = (await market.events('NewVote')).map(({ args }) => args.bountyGuid)
    expect(voted, voting.output).toEqual(expect.arrayContaining(asserted.slice(0, BOUNTIES)))
    const settled = (await market.events('SettledBounty')).filter(({ args }) => voted.includes(args.bountyGuid))
    const paid = (address: string) =>
      settled.filter(({ args }) => args.settler === address).map(({ args }) => args.payout)
    expect(paid(engine.account.address).length, theirs.output).toBeGreaterThanOrEqual(BOUNTIES)
    // Both were right on all of them: whoever runs an old engine earns with it.
    for (const payout of paid(engine.account.address)) expect(payout).toBeGreaterThan(0n)
  })

  it.each([
    ['view-balance', /Balance is \d+ /],
    ['view-stake', /(?:stake|Stake|Balance).* \d+/],
  ])('tell what an account has: balancemanager %s', { timeout: 180_000 }, async (command, answer) => {
    const { keyfile } = market.accounts.arbiter
    const options = ['--keyfile', keyfile, '--password', 'correct horse', '--polyswarmd-addr', market.url]
    const manager = run('balancemanager', [command, ...options, 'side'])
    expect(await manager.exited, manager.output).toBe(0)
    expect(manager.output).toMatch(answer)
  })
})
