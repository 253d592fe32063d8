import { createHash } from 'node:crypto'
import type { Verdict } from '@polyswarm/protocol'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { TruthUnavailableError } from '../errors.ts'
import { ArbiterMarket, type TestArbiter } from './arbiter-market.fixture.ts'
import { ManualTruth } from './manual-truth.ts'
import { SettledTruth } from './settled-truth.ts'
import type { TruthSource } from './truth-source.ts'

let world: ArbiterMarket
let arbiter: TestArbiter | undefined

beforeAll(async () => {
  world = await ArbiterMarket.start(14)
})
afterEach(async () => {
  await arbiter?.stop()
  arbiter = undefined
  // The next one hears of no bounty of this one.
  await world.market.chain.mine(30)
})
afterAll(() => world.stop())

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const eicar = eicarTestFile()

/** Knows some contents, and nothing of others. */
function knows(truths: ReadonlyMap<string, Verdict>, name = 'list'): TruthSource & { asked: string[] } {
  const asked: string[] = []
  return {
    name,
    asked,
    setup: async () => undefined,
    judge: async ({ sha256: hash }) => {
      asked.push(hash)
      return { verdict: truths.get(hash) }
    },
    teardown: async () => undefined,
  }
}

const SOME = new Map<string, Verdict>([
  [sha256(eicar), 'malicious'],
  [sha256('known'), 'benign'],
])

it('what nobody knows waits for a person, whose word becomes the vote, once', async () => {
  const list = knows(SOME)
  arbiter = await world.arbiter({ sources: [new ManualTruth(), list], name: 'waits' })
  const guid = await world.post([eicar, 'never seen', 'known'])
  const { book } = arbiter
  const one = await world.until(() => book.list({ limit: 1 })[0])
  expect(one).toMatchObject({ guid, artifact: 1, sha256: sha256('never seen'), state: 'open' })
  expect(one.evidence).toMatchObject({ size: 10, artifactType: 'file' })
  expect(one.evidence.sources.map(({ source }) => source)).toEqual(['manual', 'list'])
  const asked = list.asked.length
  for (let block = 0; block < 6; block++) await world.block()
  // It waits without work, and nothing that it waits for makes it look stuck.
  expect(list.asked).toHaveLength(asked)
  expect(arbiter.journal.bounties.undecided(arbiter.journal.head).count).toBe(0)
  expect(await world.votes(guid)).toEqual([])

  book.decide({ sha256: one.sha256, verdict: 'malicious', who: 'Ada', why: 'it drops a miner' }, Date.now())
  await world.until(async () => (await world.votes(guid)).length > 0)
  expect(await world.votes(guid)).toEqual([0b011n])
  expect(book.get(one.id).state).toBe('decided')
  const [decision] = book.decisions({ limit: 1 })
  expect(decision).toMatchObject({ who: 'Ada', why: 'it drops a miner', verdict: 'malicious' })
  expect(list.asked).toHaveLength(asked)

  // The next bounty with the same file waits for nobody.
  const again = await world.post(['never seen'])
  await world.until(async () => (await world.votes(again)).length > 0)
  expect(await world.votes(again)).toEqual([1n])
})

it('that is started again after every step votes once, and forgets nothing that people decided', async () => {
  const start = () => world.arbiter({ sources: [knows(SOME), new ManualTruth()], name: 'restarted' })
  let current = await start()
  const guid = await world.post(['known', 'still unknown'])
  const steps: (() => unknown)[] = [
    () => current.journal.bounties.get(guid),
    () => current.book.list({ limit: 1 })[0],
    () => {
      const [open] = current.book.list({ limit: 1 })
      const decision = { verdict: 'malicious', who: 'Ada', why: 'seen before' } as const
      return open && current.book.decide({ ...decision, sha256: open.sha256 }, Date.now())
    },
    () => current.journal.bounties.vote(guid),
    () => current.journal.outbox.lastAttempt(guid, 'vote').state !== 'none',
    () => current.journal.bounties.vote(guid)?.cast,
    () => current.journal.outbox.lastAttempt(guid, 'settle').state !== 'none',
    () => current.journal.bounties.get(guid)?.settled,
  ]
  for (const step of steps) {
    arbiter = current
    await world.until(step)
    await current.stop()
    arbiter = undefined
    current = await start()
  }
  arbiter = current
  expect(await world.votes(guid)).toEqual([0b10n])
  const settled = await world.market.events('SettledBounty')
  expect(settled.filter(({ args }) => args.bountyGuid === BigInt(`0x${guid.replaceAll('-', '')}`))).toHaveLength(1)
})

it.each(['before the vote is sent', 'after the vote is sent'] as const)(
  'that dies %s votes once all the same',
  async (dies) => {
    const options = { sources: [knows(SOME)], name: dies.replaceAll(' ', '-') }
    arbiter = await world.arbiter({ ...options, dies })
    const guid = await world.post([eicar, 'known', dies === 'after the vote is sent' ? 'known' : eicar])
    let isDead = false
    void arbiter.died?.then(() => {
      isDead = true
    })
    await world.until(() => isDead)
    await arbiter.stop()
    arbiter = await world.arbiter(options)
    const { journal } = arbiter
    await world.until(() => journal.bounties.get(guid)?.settled)
    expect(await world.votes(guid)).toHaveLength(1)
    expect(journal.duties.get(guid, 'vote').missed).toBe(false)
  },
)

it.each([
  [undefined, []],
  [{ choice: 'benign', most: 0.5 } as const, [0b01n]],
  [{ choice: 'malicious', most: 0.5 } as const, [0b11n]],
  [{ choice: 'malicious', most: 0.4 } as const, []],
])('where nobody decides in time, the setting %j says what becomes of the bounty', async (unknown, votes) => {
  const name = `late-${unknown?.choice}-${unknown?.most}`
  arbiter = await world.arbiter({ sources: [knows(SOME), new ManualTruth()], name, ...(unknown && { unknown }) })
  const guid = await world.post([eicar, `unknown to ${name}`])
  const { book, journal } = arbiter
  const one = await world.until(() => book.list({ limit: 1 })[0])
  await world.until(() => journal.bounties.get(guid)?.decision)
  expect(journal.head).toBeGreaterThanOrEqual(one.closesHead)
  expect(book.get(one.id).state).toBe('late')
  await world.until(() => journal.bounties.standings(guid).length === 0)
  expect(await world.votes(guid)).toEqual(votes)
  const guessed = votes.length === 0 ? 0n : 1n
  expect(journal.judgements.tally('guesses')).toBe(guessed)
  expect(journal.judgements.tally('abstentions')).toBe(1n - guessed)
})

it('a source that cannot be asked is asked again, with growing pauses, and nobody answers in its place', async () => {
  let isAway = true
  let tries = 0
  const oracle: TruthSource = {
    ...knows(SOME, 'oracle'),
    judge: async ({ sha256: hash }) => {
      if (hash === sha256(eicar)) return { verdict: 'malicious' }
      tries++
      if (isAway) throw new TruthUnavailableError({ source: 'oracle', reason: 'no connection' })
      return { verdict: 'malicious' }
    },
  }
  const last = knows(new Map([[sha256('asked again'), 'benign']]), 'last')
  arbiter = await world.arbiter({ sources: [oracle, last], name: 'away' })
  const guid = await world.post([eicar, 'asked again'])
  await world.until(() => tries > 0)
  for (let block = 0; block < 6; block++) await world.block()
  expect(tries).toBeGreaterThan(1)
  expect(tries).toBeLessThan(6)
  isAway = false
  await world.until(async () => (await world.votes(guid)).length > 0)
  expect(await world.votes(guid)).toEqual([0b11n])
  expect(last.asked).toEqual([])
})

it.each([
  ['its own artifacts', undefined, true],
  ['others', ['QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG'], false],
])('says in its vote whether the filter of a bounty is of %s', async (_what, filtered, isValid) => {
  arbiter = await world.arbiter({ sources: [knows(SOME)], name: `bloom-${isValid}` })
  const guid = await world.post(['known', eicar], '', filtered)
  await world.until(async () => (await world.votes(guid)).length > 0)
  expect(await world.bloomVotes(guid)).toEqual([isValid])
  expect(await world.votes(guid)).toEqual([0b10n])
})

it('learns what was settled, and what it earned, from votes that are over', async () => {
  const truths = new Map<string, Verdict>([[sha256('learned'), 'malicious']])
  const list = knows(truths)
  arbiter = await world.arbiter({ sources: [list, new SettledTruth()], name: 'learns' })
  const { journal } = arbiter
  await world.post(['learned'])
  await world.until(() => journal.judgements.tally('votes') > 0n)
  expect(journal.judgements.settled(sha256('learned'))).toBe('malicious')
  expect(journal.judgements.tally('earned')).toBe(62_500_000_000_000_000n)
  await world.until(() => journal.judgements.tally('responses') > 0n)

  truths.clear()
  const again = await world.post(['learned'])
  await world.until(async () => (await world.votes(again)).length > 0)
  expect(await world.votes(again)).toEqual([1n])
  expect(journal.judgements.of(again)?.judgements).toMatchObject([{ source: 'settled', truth: 'malicious' }])
})
