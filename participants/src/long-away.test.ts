import { afterEach, beforeEach, expect, it } from 'vitest'
import { TestMarket } from './market.fixture.ts'

let market: TestMarket

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.1, revealWindow: 6, voteWindow: 8 })
  await market.stopDaemon()
  await market.startDaemon(['side'], 4)
})

afterEach(async () => {
  await market.stop()
})

it('takes part from what is open on, and settles its own, where the past is no longer told', {
  timeout: 240_000,
}, async () => {
  const { ambassador, rival, engine } = market.accounts
  const posting = market.run('ambassador', ambassador, ['--once', '--duration', '6'])
  await posting.said(/posted/, 3)
  await posting.kill('SIGKILL')
  const old = (await market.events('NewBounty')).map(({ args }) => args.guid)
  const later = market.run('ambassador', rival, ['--once', '--duration', '100'])
  await later.said(/posted/, 3)
  const account = `account=${rival.account.address}`
  const isForgotten = async (guid: bigint | undefined) => {
    const hex = (guid ?? 0n).toString(16).padStart(32, '0')
    const path = hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    return (await fetch(`${market.url}/bounties/${path}?${account}`)).status === 404
  }
  await expect.poll(() => Promise.all(old.map(isForgotten)), { timeout: 180_000 }).toEqual([true, true, true])

  // What is open when the engine comes was posted by another.
  const scanning = market.run('microengine', engine, ['--backend', 'eicar'])
  await scanning.said(/asserted/, 3)
  expect(scanning.count(/ bounty /)).toBe(3)

  // Nobody tells the ambassador any more that its bounties are over.
  const again = market.run('ambassador', ambassador, ['--once', '--duration', '6'])
  expect(await again.exited, again.output).toBe(0)
  const settled = (await market.events('SettledBounty')).filter(
    ({ args }) => args.settler === ambassador.account.address,
  )
  expect(settled.map(({ args }) => args.bountyGuid).sort()).toEqual(old.sort())
})
