import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Guid, newGuid } from '@polyswarm/protocol'
import { reportText, TrackRecord } from '@polyswarm/protocol/polyscore'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayAnswerError } from '../errors.ts'
import type { Answer } from '../runtime/journal/answer-book.ts'
import { readHistory } from '../runtime/journal/answer-history.ts'
import { account } from '../runtime/journal/journal.fixture.ts'
import { Journal } from '../runtime/journal/journal.ts'
import { AnswerDesk } from './answer-desk.ts'
import { answersOf, type ToldBounty } from './bounty-answers.ts'

const NCT = 10n ** 18n
const [FIRST, SECOND, HIDDEN] = ['1', '2', '3'].map((digit) => `0x${digit.repeat(40)}` as const) as [
  `0x${string}`,
  `0x${string}`,
  `0x${string}`,
]

let directory: string
let journal: Journal

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'answers-'))
  journal = Journal.open(join(directory, 'journal'), { account, role: 'ambassador' })
})

afterEach(async () => {
  journal.close()
  await rm(directory, { recursive: true })
})

/** A bounty on two files that has been posted. */
function post(heard: 'the document' | 'its address' = 'the document'): Guid {
  const guid = newGuid()
  journal.plannedBounties.add({ guid, batch: 1, source: 'x', artifactType: 'file', duration: 10 })
  const amounts = { amount: 2n * NCT, bountyFee: NCT / 8n }
  journal.plannedBounties.prepare(guid, { ...amounts, uri: 'Qm', addresses: ['QmA', 'QmB'], metadata: 'QmD' })
  const metadata = [
    { filename: 'invoice\u202efdp.exe', mimetype: 'application/x-dosexec', sha256: 'ab'.repeat(32) },
    { filename: '=SUM(1)', mimetype: 'text/plain' },
  ]
  journal.bounties.announce({
    ...{ guid, block: 1, author: account, artifactType: 'file', amount: 2n * NCT, uri: 'Qm', expiration: 11 },
    metadata: heard === 'the document' ? metadata : 'QmD',
  })
  journal.plannedBounties.setPosted(guid, 1)
  return guid
}

const assertion = (author: `0x${string}`, verdicts: (boolean | null)[], families: string[]) => ({
  author,
  mask: [true, true],
  commitment: 1n,
  nonce: verdicts[0] === null ? 0n : 1n,
  verdicts,
  metadata: families.map((family) => ({ malware_family: family, product: 'clam\u001b[2Jav' })),
  bid: [NCT, NCT / 2n],
})

const told = {
  assertions: [
    assertion(FIRST, [true, false], ['Win.Trojan.Emotet-1', '']),
    assertion(SECOND, [true, true], ['W32/Heodo!tr', 'Generic']),
    assertion(HIDDEN, [null, null], []),
  ],
  votes: [
    { voter: HIDDEN, votes: [true, false], valid_bloom: true },
    { voter: FIRST, votes: [true, false], valid_bloom: true },
  ],
  refund: NCT,
} as unknown as ToldBounty

describe('the answers of a bounty', () => {
  it('say of each artifact who said what, the family, the truth and the cost', () => {
    const guid = post()
    const order = journal.plannedBounties.get(guid)
    if (!order) throw new Error('there is an order')
    const [first, second] = answersOf(order, journal.bounties.get(guid), told, new TrackRecord())
    expect(first?.judged).toMatchObject({ fileType: 'application/x-dosexec', truth: 'malicious' })
    expect(first?.judged.judgements.map(({ judge, bid }) => [judge, bid])).toEqual([
      [FIRST, NCT],
      [SECOND, NCT],
    ])
    expect(first?.report).toMatchObject({
      family: { name: 'Emotet', votes: [{ name: 'Emotet', votes: 2 }] },
      truth: 'malicious',
      votes: { malicious: 2, total: 2 },
      cost: { reward: NCT, fee: NCT / 16n, refund: NCT / 2n },
    })
    expect(first?.report.engines.map(({ verdict, note }) => verdict ?? note)).toEqual([
      'malicious',
      'malicious',
      'not revealed',
    ])
    expect(second?.report).toMatchObject({ truth: 'benign', family: { name: null } })
    const text = reportText(first?.report as never)
    expect(text).toContain('invoice\\u202efdp.exe')
    expect(text).toContain('0.5625 NCT (reward 1, fee 0.0625, 0.5 came back)')
    expect(text).not.toContain('\u001b')
  })

  it('name the files of a bounty whose event had the address of its metadata alone, as the bounty has the document', async () => {
    const guid = post('its address')
    journal.bounties.setSettled(guid, 30, NCT)
    const asked: Guid[] = []
    const client = {
      account,
      outcomes: async (guids: readonly Guid[]) =>
        new Map(guids.map((guid) => [guid, { assertions: told.assertions, votes: told.votes, settlements: [] }])),
      bounty: async (which: Guid) => {
        asked.push(which)
        return { metadata: ['a.txt', 'b.txt'].map((filename) => ({ filename, mimetype: 'text/plain' })) }
      },
    }
    const answers: Answer[] = []
    await new AnswerDesk({ client, journal } as never, (answer) => void answers.push(answer)).work(
      AbortSignal.timeout(9_000),
    )
    expect(answers.map(({ report }) => report.name)).toEqual(['a.txt', 'b.txt'])
    const heard = post()
    journal.bounties.setSettled(heard, 31, NCT)
    await new AnswerDesk({ client, journal } as never, () => undefined).work(AbortSignal.timeout(9_000))
    expect(asked).toEqual([guid])
  })

  it('are asked for together; what does not fit in, and what cannot be told, keeps nobody else waiting', async () => {
    const [whole, hostile, late, unknown] = [post(), post(), post(), post()]
    for (const guid of [whole, hostile, late, unknown]) journal.bounties.setSettled(guid, 30, NCT)
    const asked: Guid[][] = []
    const client = {
      account,
      outcomes: async (guids: readonly Guid[]) => {
        asked.push([...guids])
        if (guids.includes(hostile)) throw new GatewayAnswerError({ route: '/outcomes/list', reason: 'no JSON' })
        const told = guids.filter((guid) => guid !== unknown).slice(0, 1)
        return new Map(told.map((guid) => [guid, { assertions: [], votes: [], settlements: [] }]))
      },
    }
    const answers: Answer[] = []
    const logger = pino({ level: 'silent' })
    const desk = new AnswerDesk({ client, journal, logger } as never, (answer) => void answers.push(answer))
    for (let round = 0; round < 20 && !desk.isDone; round++) await desk.work(AbortSignal.timeout(9_000))
    expect(desk.isDone).toBe(true)
    expect(asked[0]).toEqual([whole, hostile, late, unknown])
    expect(new Set(answers.map(({ guid }) => guid))).toEqual(new Set([whole, late]))
  })

  it('are due once, survive a restart to the digit, and are due again if the chain takes the end back', () => {
    const guid = post()
    expect(journal.answers.due(9)).toEqual([])
    journal.bounties.setSettled(guid, 30, NCT)
    expect(journal.answers.due(9)).toEqual([{ guid, posted: true }])
    const order = journal.plannedBounties.get(guid)
    if (!order) throw new Error('there is an order')
    const answers = answersOf(order, journal.bounties.get(guid), told, new TrackRecord())
    journal.write(() => journal.answers.add(guid, answers))
    expect(journal.answers.due(9)).toEqual([])
    journal.close()
    journal = Journal.open(join(directory, 'journal'), { account, role: 'ambassador' })
    expect(journal.answers.newest(9).reverse()).toEqual(answers)
    journal.forgetAbove(29)
    journal.bounties.setSettled(guid, 31, NCT)
    expect(journal.answers.due(9)).toEqual([{ guid, posted: true }])
  })

  it('are shown as history, with bounties that are not over yet', () => {
    const guid = post()
    const [over] = [post()]
    journal.bounties.setSettled(over, 30, NCT)
    const order = journal.plannedBounties.get(over)
    if (!order) throw new Error('there is an order')
    const answers = answersOf(order, journal.bounties.get(over), told, new TrackRecord())
    journal.write(() => journal.answers.add(over, answers))
    const lines = [...readHistory(join(directory, 'journal'), 9)]
    expect(lines.map(({ guid, state }) => [guid, state])).toEqual([
      [over, 'settled'],
      [over, 'settled'],
      [guid, 'posted'],
    ])
    expect(lines[0]).toMatchObject({
      family: 'Emotet',
      truth: 'malicious',
      malicious: '2',
      verdicts: '2',
      cost: '0.5625',
    })
    expect(Number(lines[0]?.low)).toBeLessThan(Number(lines[0]?.polyscore))
    expect([...readHistory(join(directory, 'journal'), 1)]).toHaveLength(1)
    expect(() => [...readHistory(join(directory, 'none'), 1)]).toThrow('none')
  })

  it('can be made of whatever polyswarmd says', () => {
    const guid = post()
    const order = journal.plannedBounties.get(guid)
    if (!order) throw new Error('there is an order')
    const odd = [{ ...told.assertions[0], metadata: 'no document', mask: [], bid: [], verdicts: [] }]
    const answers = answersOf(order, undefined, { ...told, assertions: odd as never, votes: [] }, new TrackRecord())
    expect(answers.map(({ report }) => [report.name, report.score, report.truth])).toEqual([
      ['QmA', null, null],
      ['QmB', null, null],
    ])
    expect(answers[0]?.report.notes).toEqual(['No engine took this artifact on.'])
  })
})
