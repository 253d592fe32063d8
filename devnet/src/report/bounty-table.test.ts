import { baseUnits, fullMask, settle } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BountyRecord, settlementInput } from '../watch/bounty-record.js'
import { AccountNames } from './account-names.js'
import { bountyAccounts, bountyTable } from './bounty-table.js'
import { Scoreboard } from './scoreboard.js'
import { textWidth } from './text-table.js'

const address = (n: number): `0x${string}` => `0x${n.toString(16).padStart(40, '0')}`
const AMBASSADOR = address(1)
const ARBITER = address(2)
const NCT = 10n ** 18n

const records = fc
  .record({
    numArtifacts: fc.integer({ min: 1, max: 5 }),
    engines: fc.array(
      fc.record({ verdicts: fc.bigInt(0n, 31n), bid: fc.bigInt(NCT / 16n, NCT), revealed: fc.boolean() }),
      { maxLength: 4 },
    ),
    votes: fc.bigInt(0n, 31n),
  })
  .map(({ numArtifacts, engines, votes }): BountyRecord => {
    const mask = fullMask(numArtifacts)
    const record: BountyRecord = {
      guid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' as BountyRecord['guid'],
      author: AMBASSADOR,
      amount: 2n * NCT * BigInt(numArtifacts) + 1n,
      postedAt: 1,
      expiration: 10,
      terms: {
        num_artifacts: numArtifacts,
        bounty_fee: baseUnits(NCT / 16n),
        assertion_fee: baseUnits(NCT / 32n),
        assertion_reveal_window: 10,
        arbiter_vote_window: 10,
        arbiter_count: 1,
      },
      artifacts: Array.from({ length: numArtifacts }, (_, index) => ({ name: `artifact ${index}`, sha256: '' })),
      assertions: engines.map(({ verdicts, bid, revealed }, index) => ({
        author: address(10 + index),
        index,
        mask,
        bids: Array.from({ length: numArtifacts }, () => bid),
        verdicts: revealed ? verdicts & mask : null,
      })),
      votes: [{ voter: ARBITER, votes: votes & mask }],
      quorumReached: true,
      settlements: [],
    }
    const { payouts } = settle(settlementInput(record))
    return { ...record, settlements: payouts.map(({ address: settler, paid }) => ({ settler, payout: paid })) }
  })

test('what went in is what came out and what was burned', () => {
  fc.assert(
    fc.property(records, (record) => {
      const { reward, bids, fees, paid, burned } = bountyAccounts(record)
      expect(burned).toBe(settle(settlementInput(record)).burned)
      expect(reward + bids + fees).toBe(paid + burned)
    }),
  )
})

const names = new AccountNames({ accounts: { arbiter: { address: ARBITER, keyfile: '', passwordFile: '' } } })
const marksIn = (lines: readonly string[]) => lines.join('\n').match(/[✓✗](?!\s*(right|wrong))/g) ?? []

test('every artifact has its row and every engine its column', () => {
  fc.assert(
    fc.property(records, (record) => {
      const lines = bountyTable(record, names, { width: 200 })
      for (const { name } of record.artifacts) expect(lines.filter((line) => line.includes(name))).toHaveLength(1)
      expect(marksIn(lines)).toHaveLength(record.artifacts.length * record.assertions.length)
    }),
  )
})

test('the table fits every terminal from 60 columns on, and nothing of it is missing', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 60, max: 200 }), (record, width) => {
      const lines = bountyTable(record, names, { width })
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
      expect(marksIn(lines)).toHaveLength(record.artifacts.length * record.assertions.length)
    }),
  )
})

test('engines of the market stand in the same order, whoever was first', () => {
  const accounts = Object.fromEntries(
    ['eicar', 'yara', 'contrarian'].map((name, index) => [
      name,
      { address: address(10 + index), keyfile: '', passwordFile: '' },
    ]),
  )
  const [record] = fc.sample(
    records.filter(({ assertions }) => assertions.length > 2),
    1,
  )
  if (!record) throw new Error('no record')
  const order = (given: BountyRecord) => bountyTable(given, new AccountNames({ accounts }), { width: 200 })[1]
  const turned = { ...record, assertions: [...record.assertions].reverse() }
  expect(order(turned)).toBe(order(record))
  expect(order(record)).toMatch(/eicar +yara +contrarian/)
})

test('the score of an engine adds up what its tables say', () => {
  fc.assert(
    fc.property(fc.array(records, { minLength: 1, maxLength: 3 }), (all) => {
      const scores = new Scoreboard()
      for (const record of all) scores.add(record)
      const right = all
        .flatMap((record) => marksIn(bountyTable(record, names, { width: 200 })))
        .filter((mark) => mark === '✓')
      const counted = [...scores.line(names).matchAll(/(\d+) of (\d+) right/g)].map(([, one]) => Number(one))
      expect(counted.reduce((sum, one) => sum + one, 0)).toBe(right.length)
    }),
  )
})

test('of a long table the remarkable artifacts are shown, and what the others are is said', () => {
  const [short] = fc.sample(
    records.filter(({ assertions }) => assertions.length === 1),
    1,
  )
  const [assertion] = short?.assertions ?? []
  if (!short || !assertion) throw new Error('no record')
  const artifacts = Array.from({ length: 256 }, (_, index) => ({ name: `artifact ${index}`, sha256: '' }))
  const bids = artifacts.map(() => NCT)
  // One is malicious, and one is taken for it.
  const record: BountyRecord = {
    ...short,
    artifacts,
    terms: { ...short.terms, num_artifacts: 256 },
    assertions: [{ ...assertion, mask: fullMask(256), bids, verdicts: (1n << 200n) | (1n << 100n) }],
    votes: [{ voter: ARBITER, votes: 1n << 200n }],
  }
  const lines = bountyTable(record, names, { width: 80, rows: 10 })
  expect(lines.filter((line) => /artifact \d+/.test(line))).toHaveLength(10)
  expect(lines.some((line) => /artifact 100 .*✗/.test(line))).toBe(true)
  expect(lines.some((line) => /artifact 200 +malicious .*✓/.test(line))).toBe(true)
  expect(lines.some((line) => /… 246 more +all benign/.test(line))).toBe(true)
})
