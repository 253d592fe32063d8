import { baseUnits, fullMask, settle } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BountyRecord, settlementInput } from '../watch/bounty-record.js'
import { bountyAccounts, bountyTable } from './bounty-table.js'
import { Cast } from './cast.js'

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

test('every artifact has its row and every engine its column', () => {
  const cast = new Cast({ accounts: { arbiter: { address: ARBITER, keyfile: '', passwordFile: '' } } })
  fc.assert(
    fc.property(records, (record) => {
      const lines = bountyTable(record, cast)
      for (const { name } of record.artifacts) expect(lines.filter((line) => line.includes(name))).toHaveLength(1)
      const marks = lines.join('\n').match(/[✓✗]/g) ?? []
      expect(marks).toHaveLength(record.artifacts.length * record.assertions.length)
    }),
  )
})
