import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningProgram, TestMarket } from './market.fixture.ts'

/** Blocks. */
const REVEAL_WINDOW = 16

let market: TestMarket

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.05, revealWindow: REVEAL_WINDOW, voteWindow: 20 })
})

afterEach(async () => {
  await market.stop()
})

function engine(): RunningProgram {
  return market.run('microengine', market.accounts.engine, ['--backend', 'eicar'])
}

function arbiter(): RunningProgram {
  return market.run('arbiter', market.accounts.arbiter, ['--truth-db', market.truthDb])
}

/** The chain waits for whoever starts again; the blocks before it is asked to are few. */
function ambassador(): RunningProgram {
  return market.run('ambassador', market.accounts.ambassador, ['--once', '--duration', '24'])
}

/** What must hold at the end, whoever was killed in between. */
async function expectEverybodyDone(): Promise<void> {
  const address = market.accounts.engine.account.address
  expect(await market.events('NewBounty')).toHaveLength(3)
  const assertions = await market.events('NewAssertion')
  expect(assertions.map(({ args }) => args.author)).toEqual([address, address, address])
  expect(new Set(assertions.map(({ args }) => args.bountyGuid)).size).toBe(3)
  expect(await market.events('RevealedAssertion')).toHaveLength(3)
  expect(await market.events('NewVote')).toHaveLength(3)
}

describe('a participant that is killed', () => {
  it('reveals and settles after an engine was killed between commit and reveal', { timeout: 180_000 }, async () => {
    const voting = arbiter()
    const first = engine()
    await Promise.all([voting.said(/staked stake/), first.said(/ready/)])
    const posting = ambassador()
    await first.said(/asserted/, 3)
    await first.kill('SIGKILL')
    expect(await market.events('RevealedAssertion')).toHaveLength(0)

    const second = engine()
    await second.said(/settled/, 3)
    expect(await posting.exited).toBe(0)
    await voting.said(/settled/, 3)
    await expectEverybodyDone()
    expect(second.output).not.toMatch(/missed/)
  })

  it('sends the same assertion again after an engine was killed right after signing', {
    timeout: 180_000,
  }, async () => {
    const voting = arbiter()
    const first = engine()
    await Promise.all([voting.said(/staked stake/), first.said(/ready/)])
    const posting = ambassador()
    await first.said(/sending.*duty=assert/)
    await first.kill('SIGKILL')

    const second = engine()
    await second.said(/settled/, 3)
    expect(await posting.exited).toBe(0)
    await voting.said(/settled/, 3)
    await expectEverybodyDone()
  })

  it('votes once and settles after an arbiter was killed during voting', { timeout: 180_000 }, async () => {
    const first = arbiter()
    const scanning = engine()
    await Promise.all([first.said(/staked stake/), scanning.said(/ready/)])
    const posting = ambassador()
    await first.said(/sending.*duty=vote/)
    await first.kill('SIGKILL')

    const second = arbiter()
    await second.said(/settled/, 3)
    expect(await posting.exited).toBe(0)
    await expectEverybodyDone()
  })

  it('posts nothing twice and settles after an ambassador was killed while posting', { timeout: 180_000 }, async () => {
    const voting = arbiter()
    const scanning = engine()
    await Promise.all([voting.said(/staked stake/), scanning.said(/ready/)])
    const first = ambassador()
    await first.said(/sending.*duty=post/)
    await first.kill('SIGKILL')

    const second = ambassador()
    expect(await second.exited).toBe(0)
    await voting.said(/settled/, 3)
    await expectEverybodyDone()
  })

  it('goes on when polyswarmd was gone while bounties were open', { timeout: 180_000 }, async () => {
    const voting = arbiter()
    const scanning = engine()
    await Promise.all([voting.said(/staked stake/), scanning.said(/ready/)])
    const posting = ambassador()
    await scanning.said(/asserted/, 3)
    await market.stopDaemon()
    await scanning.said(/lost the event stream/)
    await market.startDaemon()

    expect(await posting.exited).toBe(0)
    await voting.said(/settled/, 3)
    await scanning.said(/settled/, 3)
    await expectEverybodyDone()
  })

  it('stops at once when it is told to, and says so with status 0', { timeout: 180_000 }, async () => {
    const scanning = engine()
    await scanning.said(/ready/)
    // It waits for no block.
    await market.holdChain()
    expect(await scanning.kill('SIGTERM')).toBe(0)
  })
})

describe('a participant that stands still', () => {
  it('reveals and settles after an engine was stopped for half of the reveal window', {
    timeout: 180_000,
  }, async () => {
    const voting = arbiter()
    const scanning = engine()
    await Promise.all([voting.said(/staked stake/), scanning.said(/ready/)])
    const posting = ambassador()
    await scanning.said(/asserted/, 3)
    await market.holdChain()
    scanning.child.kill('SIGSTOP')
    const ends = (await market.events('NewBounty')).map(({ args }) => Number(args.expirationBlock))
    const half = Math.min(...ends) + REVEAL_WINDOW / 2
    await market.chain.mine(half - Number(await market.node.getBlockNumber({ cacheTime: 0 })))
    expect(await market.events('RevealedAssertion')).toHaveLength(0)

    scanning.child.kill('SIGCONT')
    market.releaseChain()
    await scanning.said(/settled/, 3)
    expect(await posting.exited).toBe(0)
    await voting.said(/settled/, 3)
    await expectEverybodyDone()
    expect(scanning.output).not.toMatch(/missed/)
  })
})
