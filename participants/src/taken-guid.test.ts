import { DatabaseSync } from 'node:sqlite'
import { type Guid, guidFromUint128 } from '@polyswarm/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TestMarket } from './market.fixture.ts'
import { postAsStranger } from './stranger.fixture.ts'

let market: TestMarket

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.05, revealWindow: 3, voteWindow: 3 })
})

afterEach(async () => {
  await market.stop()
})

/** Guids of bounties that an ambassador's journal has. */
function guidsOf(question: string): Guid[] {
  const journal = new DatabaseSync(market.accounts.ambassador.keyfile.replace(/json$/, 'sqlite'), { readOnly: true })
  try {
    return journal
      .prepare(question)
      .all()
      .map(({ guid }) => guid as Guid)
  } finally {
    journal.close()
  }
}

/** Under which it means to post. */
const plannedGuids = () => guidsOf('SELECT guid FROM orders ORDER BY rowid')

/** Of which the transaction that posts them, alone or together, is signed. */
const signedGuids = () =>
  guidsOf(`SELECT guid FROM transactions WHERE kind = 'post' AND guid <> ''
    UNION SELECT guid FROM batched_actions WHERE kind = 'post'`)

it('a bounty whose guid was taken is posted once, under another, even by an ambassador that was killed meanwhile', {
  timeout: 180_000,
}, async () => {
  const { ambassador, rival } = market.accounts
  const run = () => market.run('ambassador', ambassador, ['--once', '--duration', '4'])
  // Nothing is mined: everybody can see what is on its way, and the thief is faster.
  await market.holdChain()
  const first = run()
  await first.said(/sending .*duty=post/)
  await expect.poll(signedGuids).toHaveLength(3)
  // The first leaves alone, those after it maybe together: what happens to one of them costs no other.
  const others = plannedGuids()
  const stolen = others.pop() ?? ('' as Guid)
  await first.kill('SIGKILL')
  await market.chain.rpc('anvil_dropAllTransactions')
  await postAsStranger(market, [{ guid: stolen }])
  await market.chain.mine()
  market.releaseChain()

  const second = run()
  await second.said(/taken the guid/)
  await second.kill('SIGKILL')
  const third = run()
  expect(await third.exited, `${second.output}${third.output}`).toBe(0)

  const bounties = (await market.events('NewBounty')).map(({ args }) => args)
  const ours = bounties.filter(({ author }) => author === ambassador.account.address)
  const guids = ours.map(({ guid = 0n }) => guidFromUint128(guid))
  expect(bounties.filter(({ author }) => author === rival.account.address)).toHaveLength(1)
  expect(guids).toHaveLength(3)
  expect(guids).toEqual(expect.arrayContaining(others))
  expect(guids).not.toContain(stolen)
  expect(new Set(ours.map(({ artifactURI }) => artifactURI)).size).toBe(3)
  expect([...plannedGuids()].sort()).toEqual([...guids].sort())
})
