import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newGuid } from '@polyswarm/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PreparedDatabase } from '../files/prepared-database.ts'
import { account, announce, planAssertion } from './journal.fixture.ts'
import { Journal } from './journal.ts'

/** What a statement may go through from one end to the other: what is open, what a limit ends, and what stays small. */
const BOUNDED = [
  'open_bounties',
  'bounties_to_learn',
  'learned_bounties',
  'waiting_orders',
  'prepared_orders',
  'orders_in_flight',
  'orders_to_answer',
  // The newest, by a limit.
  'SCAN answers',
  // The oldest, by a limit.
  'settled_truths_by_head',
  'bounties_by_end (closed_head<?)',
  'bounties_to_compare',
  'finding_counts',
  'duties_by_miss',
  'untold_actions',
]

let directory: string
let journal: Journal
const statements = new Set<string>()

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'polyswarm-'))
  const { prepare } = PreparedDatabase.prototype
  vi.spyOn(PreparedDatabase.prototype, 'prepare').mockImplementation(function (this: PreparedDatabase, sql) {
    statements.add(sql)
    return prepare.call(this, sql)
  })
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
})

afterEach(() => {
  journal.close()
  vi.restoreAllMocks()
  statements.clear()
  rmSync(directory, { recursive: true })
})

it('goes through nothing that grows with the past, whatever it is asked', () => {
  const { bounties, findings, plannedBounties, outbox, duties, judgements, answers, history } = journal
  const guid = planAssertion(journal, 50)
  const voted = announce(journal, 50)
  const order = newGuid()
  const finding = { artifact: 0, backend: '', outcome: 'benign', confidence: 1, probability: null, family: null }
  findings.record(guid, [{ ...finding, fileType: 'pe' }])
  bounties.setPosted(guid, 0, 2)
  bounties.setRevealed(guid, 3)
  bounties.planVote({ guid: voted, votes: 1n, validBloom: true })
  bounties.setCast(voted, 3)
  bounties.setQuorum(guid, 4)
  bounties.setSettled(guid, 5, 1n)
  bounties.close(guid, 6)
  bounties.reopen(guid)
  findings.learn(guid, 7, 1n, [{ author: account, mask: 1n, bids: [1n], verdicts: 1n }])
  plannedBounties.add({ guid: order, batch: 1, source: '', artifactType: 'file', duration: 1 })
  plannedBounties.prepare(order, { amount: 1n, bountyFee: 1n, uri: '', addresses: [], metadata: '' })
  plannedBounties.rename(order, newGuid())
  plannedBounties.setPosted(order, 3)
  duties.attempt(guid, 'reveal', 2)
  duties.failed(guid, 'reveal', '')
  duties.miss({ guid, kind: 'reveal', reason: '' }, 2)
  const transaction = { guid, kind: 'assert', attempt: 1, nonce: 1, hash: '0x1', raw: '0x', head: 1 } as const
  for (const { id } of outbox.add([transaction])) outbox.setState(id, 'mined', 2)
  outbox.setMined('0x1', 2, guid)
  const [batch] = outbox.add([{ ...transaction, guid: null, nonce: 2, hash: '0x2' }], [guid, newGuid()])
  if (batch) outbox.setDone(batch, new Set([guid]))
  const judgement = { artifact: 0, sha256: 'a', truth: 'benign', source: 'panel', pending: false } as const
  judgements.put(guid, { judgements: [judgement], validBloom: true }, 9)
  judgements.compareLater(guid, 10)
  const compared = { consensus: ['benign'] as const, voted: true, agreed: 1, disagreed: 0, earned: 1n }
  judgements.compared(guid, { ...compared, byArbiter: [{ arbiter: account, agreed: 1, disagreed: 0 }] }, 11)
  answers.add(order, [])
  const questions = [
    () => [bounties.get(guid), bounties.standings(), bounties.standings(guid)],
    () => [
      bounties.unrevealed(1, 2),
      bounties.revealDelay(1, 2),
      bounties.assertion(guid),
      bounties.promised(),
      bounties.atRisk(0),
    ],
    () => [bounties.vote(guid), bounties.undecided(1), bounties.settledCount()],
    () => [findings.unlearned(1), findings.counts(), findings.rivalBids(1)],
    () => [
      plannedBounties.latestBatch(),
      plannedBounties.progress(1),
      plannedBounties.inFlight(),
      plannedBounties.waiting(1),
      plannedBounties.prepared(),
      plannedBounties.unheard(),
    ],
    () => [plannedBounties.get(order), plannedBounties.fromSource('a'), duties.get(guid, 'reveal'), duties.missedOf(1)],
    () => [outbox.minedFor(guid, 'assert'), judgements.of(guid), judgements.toCompare(9, 1), judgements.settled('a')],
    () => [judgements.agreements(), answers.due(1), answers.newest(1), answers.of(guid), history.forget(1, 1)],
    () => [outbox.untold(1), outbox.hasDoneTogether('vote'), batch && outbox.guidsOf(batch)],
    () => [outbox.unsettled(1), outbox.isOpen(guid, 'assert', 1), outbox.highestNonce(1)],
    () => [outbox.delay(2, 1), outbox.nextAttempt(guid, 'assert'), outbox.lastAttempt(guid, 'assert')],
    () => [journal.cursor, journal.head, journal.market, journal.forgetAbove(4)],
  ]
  for (const ask of questions) ask()
  const db = new DatabaseSync(journal.path)
  const costly = [...statements].flatMap((sql) => {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    return (sql.includes(':block') ? plan.all({ block: 1 }) : plan.all())
      .map(({ detail }) => String(detail))
      .filter((step) => goesThroughAll(step, sql) && !BOUNDED.some((name) => step.includes(name)))
      .map((step) => `${step}: ${sql}`)
  })
  db.close()
  expect(costly).toEqual([])
  expect(statements.size).toBeGreaterThan(50)
})

/**
 * A scan; a search for all that is not null, which the planner writes as "greater than nothing"; or one for all up to
 * something, or in a state in which everything ends.
 */
function goesThroughAll(step: string, sql: string): boolean {
  const [, column] = /^SEARCH .* INDEX \w+ \((\w+)>\?\)/.exec(step) ?? []
  const isWithoutBegin = /^SEARCH .* INDEX \w+ \([^>]*<\?\)/.test(step)
  const isOfAState = /\(state=\?\)/.test(step) && !/state = 'signed'/.test(sql)
  const isNotNull = column !== undefined && !new RegExp(`${column} (>|BETWEEN)`).test(sql)
  return /^SCAN (?!CONSTANT)/.test(step) || isNotNull || isWithoutBegin || isOfAState
}
