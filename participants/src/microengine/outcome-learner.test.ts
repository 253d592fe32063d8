import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Guid, MarketEvent } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayRefusedError } from '../errors.ts'
import { account, planAssertion } from '../runtime/journal/journal.fixture.ts'
import { Journal } from '../runtime/journal/journal.ts'
import { Reconciliation } from '../runtime/reconciliation/reconciliation.ts'
import { HostileDaemon } from '../runtime/transactions/hostile-daemon.fixture.ts'
import { OutcomeLearner } from './outcome-learner.ts'

const { signal } = new AbortController()
const OK = { body: '{"status":"OK","result":[]}' }

/** Answers of no use, and whether the daemon itself is to blame for them. */
const USELESS: [string, { status?: number; body: string }][] = [
  ['a refusal', { status: 400, body: '{"status":"FAIL","errors":"no"}' }],
  ['nothing there', { status: 404, body: '<html>' }],
  ['no answer for now', { status: 503, body: 'busy' }],
  ['another shape', { body: '{"status":"OK","result":[{"author":7}]}' }],
  [
    'too many votes to count',
    { body: `{"status":"OK","result":[{"voter":"${account}","votes":[${'true,'.repeat(300)}true]}]}` },
  ],
  ['more than is read', { body: `{"status":"OK","result":[${'"",'.repeat(6 * 1024 * 1024)}""]}` }],
]

let directory: string
let journal: Journal
let daemon: HostileDaemon
/** What the daemon says about a bounty. */
let said: (path: string) => { status?: number; body: string }

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lessons-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
  said = () => OK
  daemon = await HostileDaemon.start((path) => said(path))
})

afterEach(() => {
  journal.close()
  daemon.stop()
  rmSync(directory, { recursive: true })
})

/** A bounty that is over; the later it expires, the sooner it is learned from. */
function over(expiration: number): Guid {
  const guid = planAssertion(journal, expiration)
  const finding = { artifact: 0, backend: '', outcome: 'benign', confidence: 1, probability: null, family: null }
  journal.findings.record(guid, [{ ...finding, fileType: 'text' }])
  journal.bounties.setSettled(guid, 1, 0n)
  journal.bounties.close(guid, 1)
  return guid
}

const scope = () => ({ client: daemon.client, journal, account, logger: pino({ level: 'silent' }) })
const openDesk = () => new OutcomeLearner(scope() as never)
const asksFor = (guid: Guid) => daemon.asked.filter((path) => path === `/bounties/${guid}/votes`).length

describe('learning from others', () => {
  it.each(USELESS)(
    'a bounty about which there is %s is tried a few times, and then learned without',
    async (_, answer) => {
      const guid = over(9)
      said = () => answer
      const desk = openDesk()
      for (let head = 10; journal.findings.unlearned(1).length > 0; head++) {
        expect(head).toBeLessThan(100)
        await desk.learn(head, signal)
      }
      expect(asksFor(guid)).toBe(6)
    },
  )

  it('of a bounty that was heard from its beginning nobody is asked', async () => {
    const guid = over(9)
    const desk = openDesk()
    const origin = { block_number: 1, txhash: `0x${'0'.repeat(64)}`, cursor: 'L-1' }
    const rival = `0x${'b'.repeat(40)}`
    const data = { bounty_guid: guid, index: 0, bid: [5n], mask: [true], verdicts: [false] }
    for (const [event, said] of [
      ['bounty', { guid }],
      ['assertion', { ...data, author: account }],
      ['assertion', { ...data, author: rival, index: 1 }],
      ['reveal', { ...data, author: rival, index: 1 }],
      ['vote', { bounty_guid: guid, voter: rival, votes: [true] }],
    ] as const) {
      desk.notice({ event, data: said, ...origin } as unknown as MarketEvent)
    }
    expect(await desk.learn(10, signal)).toBe(true)
    expect(daemon.asked).toEqual([])
    const rivals = [{ author: rival, mask: 1n, bids: [5n], verdicts: 0n }]
    expect(journal.findings.bounties(9)).toMatchObject([{ guid, truth: 1n, rivals }])
  })

  it('any number of such bounties keeps no other from being learned from', async () => {
    const hostile = Array.from({ length: 100 }, (_, number) => over(1_000 + number))
    const honest = over(9)
    said = (path) => (hostile.some((guid) => path.includes(guid)) ? { status: 503, body: '' } : OK)
    const desk = openDesk()
    for (let head = 10; asksFor(honest) === 0; head++) {
      expect(head).toBeLessThan(200)
      await desk.learn(head, signal)
    }
    expect(journal.findings.unlearned(1_000)).not.toContain(honest)
  })

  it('a refused API key ends the program instead, and costs no lesson', async () => {
    const guid = over(9)
    said = () => ({ status: 401, body: '{"status":"FAIL","errors":"Invalid API key"}' })
    await expect(openDesk().learn(10, signal)).rejects.toThrow(GatewayRefusedError)
    expect(journal.findings.unlearned(1)).toEqual([guid])
  })
})

describe('comparing the journal with the chain', () => {
  it.each(USELESS.filter(([, { status }]) => status !== 503))(
    'goes on, after a few tries, without a list of assertions that is %s, and takes what else is said',
    async (_, answer) => {
      const guid = planAssertion(journal, 9)
      const settled = [{ block_number: 7, bounty_guid: guid, settler: account, payout: '5' }]
      said = (path) => {
        if (path.endsWith('/settlements')) return { body: JSON.stringify({ status: 'OK', result: settled }) }
        return path.endsWith('/votes') ? OK : answer
      }
      const reconciliation = new Reconciliation(scope())
      const tries = [0, 1, 2].map(async () => undefined)
      let failures = 0
      for (const _try of tries) await reconciliation.compare(guid, signal).catch(() => failures++)
      expect(failures).toBe(2)
      expect(journal.bounties.get(guid)?.settled).toBe(true)
    },
  )
})
