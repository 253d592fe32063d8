import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Guid, MarketEvent } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { account, announce } from '../runtime/journal/journal.fixture.ts'
import { Journal } from '../runtime/journal/journal.ts'
import { HostileDaemon } from '../runtime/transactions/hostile-daemon.fixture.ts'
import { VoteLearner } from './vote-learner.ts'

const { signal } = new AbortController()
const OTHER = `0x${'b'.repeat(40)}`
const ORIGIN = { block_number: 1, txhash: `0x${'0'.repeat(64)}`, cursor: 'L-1' }

let directory: string
let journal: Journal
let daemon: HostileDaemon
let learner: VoteLearner

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'votes-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'arbiter' })
  daemon = await HostileDaemon.start(() => ({ body: '{"status":"OK","result":[]}' }))
  learner = new VoteLearner({ client: daemon.client, journal, account, logger: pino({ level: 'silent' }) } as never)
})

afterEach(() => {
  journal.close()
  daemon.stop()
  rmSync(directory, { recursive: true })
})

/** A bounty on which this arbiter's vote was counted and paid for, if it was told for how much. */
function over(payout: bigint | null): Guid {
  const guid = announce(journal, 9)
  journal.judgements.put(
    guid,
    { judgements: [{ artifact: 0, sha256: 'f'.repeat(64), truth: 'malicious' }] } as never,
    1,
  )
  journal.bounties.planVote({ guid, votes: 1n, validBloom: true })
  journal.bounties.setCast(guid, 1)
  journal.bounties.setSettled(guid, 2, payout)
  return guid
}

function hear(guid: Guid, ...voters: string[]): void {
  const tell = (event: string, data: object) => learner.notice({ event, data, ...ORIGIN } as unknown as MarketEvent)
  tell('bounty', { guid })
  for (const voter of voters) tell('vote', { bounty_guid: guid, voter, votes: [true] })
}

describe('comparing votes', () => {
  it('asks nobody about a bounty that was heard from its beginning to its settlement', async () => {
    const guid = over(5n)
    hear(guid, account, OTHER)
    await learner.work(10, signal)
    expect(daemon.asked).toEqual([])
    expect(journal.judgements.tally('votes')).toBe(1n)
    expect(journal.judgements.tally('agreed')).toBe(1n)
    expect(journal.judgements.tally('earned')).toBe(5n)
  })

  it('asks for the votes where no event has told of the settlement: others may not have been told either', async () => {
    const guid = over(null)
    hear(guid, account)
    await learner.work(10, signal)
    expect(daemon.asked.sort()).toEqual([`/bounties/${guid}/settlements`, `/bounties/${guid}/votes`])
  })

  it('asks for the votes on a bounty of which only the end was heard', async () => {
    const guid = over(5n)
    await learner.work(10, signal)
    expect(daemon.asked).toEqual([`/bounties/${guid}/votes`])
  })
})
