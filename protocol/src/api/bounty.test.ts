import { expect, test } from 'vitest'
import type { z } from 'zod'
import { parseJson } from '../json.ts'
import {
  artifactList,
  assertionResult,
  bloomResult,
  bountyParameters,
  bountyResult,
  postAssertionRequest,
  postBountyRequest,
  revealRequest,
  stakeRequest,
  stakingParameters,
  voteRequest,
  voteResult,
} from './bounty.ts'

const author = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const zero = '0x0000000000000000000000000000000000000000'
const guid = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
const bounty = { artifact_type: 'url', amount: '2000000000000000000', uri: 'Qm', duration: 20 }

test('a bounty of 2018 has no type and means files', () => {
  const { artifact_type: _type, ...old } = bounty
  expect(postBountyRequest.parse(old)).toEqual({ ...old, artifact_type: 'file' })
})

test('unknown properties of a request are tolerated', () => {
  expect(postBountyRequest.parse({ ...bounty, later: true })).toEqual(bounty)
})

const requests: [string, z.ZodType, object, Record<string, unknown[]>][] = [
  [
    'POST /bounties',
    postBountyRequest,
    bounty,
    {
      artifact_type: ['FILE', null],
      amount: [2, '', '-1', '1.5', '9'.repeat(101), undefined],
      uri: ['', 'x'.repeat(101), undefined],
      duration: [0, -1, 1.5, '20', true, undefined],
      metadata: ['', 'x'.repeat(101), null],
      guid: ['x'],
    },
  ],
  [
    'POST /bounties/<guid>/assertions',
    postAssertionRequest,
    { bid: ['62500000000000000'], mask: [true], commitment: '1' },
    {
      bid: [Array(257).fill('1'), [1], ['x'], undefined],
      mask: [Array(257).fill(true), [1], undefined],
      commitment: [1, ''],
    },
  ],
  [
    'POST /bounties/<guid>/assertions/<id>/reveal',
    revealRequest,
    { nonce: '1', verdicts: [true], metadata: '' },
    { nonce: [1, '', undefined], verdicts: [undefined, 'true'], metadata: ['x'.repeat(1025), undefined, null] },
  ],
  [
    'POST /bounties/<guid>/vote',
    voteRequest,
    { votes: [true, false], valid_bloom: true },
    { votes: [undefined, Array(257).fill(false)], valid_bloom: [undefined, 1] },
  ],
  ['POST /staking/deposit', stakeRequest, { amount: '10000000000000000000000000' }, { amount: [undefined, 1, '-1'] }],
]

test.each(requests)('%s takes what the API allows and refuses each wrong field', (_route, schema, request, wrong) => {
  expect(schema.parse(request)).toEqual(request)
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      expect(schema.safeParse({ ...request, [field]: value }).success, `${field}: ${String(value)}`).toBe(false)
    }
  }
})

test('parameters are exact, however large', () => {
  const stake =
    '{"minimum_stake":10000000000000000000000000,"maximum_stake":100000000000000000000000000,"vote_ratio_numerator":9,"vote_ratio_denominator":10}'
  expect(stakingParameters.parse(parseJson(stake))).toMatchObject({
    minimum_stake: 10n ** 25n,
    maximum_stake: 10n ** 26n,
  })
  const fees = { bounty_fee: 62_500_000_000_000_000n, assertion_fee: 1, bounty_amount_minimum: 2n * 10n ** 18n }
  const bids = { assertion_bid_minimum: 62_500_000_000_000_000n, assertion_bid_maximum: 10n ** 18n }
  const windows = {
    arbiter_lookback_range: 100,
    max_duration: 100,
    assertion_reveal_window: 25,
    arbiter_vote_window: 100,
  }
  const read = bountyParameters.parse({ ...fees, ...bids, ...windows })
  expect(read).toMatchObject({ assertion_fee: 1n, assertion_bid_maximum: 10n ** 18n, max_duration: 100 })
})

test('a bounty is read with its numbers as the project has them', () => {
  const answer = {
    guid,
    artifact_type: 'file',
    author,
    amount: '2000000000000000000',
    uri: 'Qm',
    num_artifacts: 1,
    expiration: 115,
    assigned_arbiter: zero,
    quorum_reached: false,
    quorum_reached_block: 0,
    quorum_mask: [false],
    metadata: null,
  }
  expect(bountyResult.parse(answer)).toEqual({ ...answer, amount: 2n * 10n ** 18n })
  expect(bountyResult.safeParse({ ...answer, amount: 2e18 }).success).toBe(false)
})

test('verdicts are null until the reveal', () => {
  const answer = { author, mask: [true], commitment: '7', nonce: '0', verdicts: [null], metadata: '', bid: ['1'] }
  expect(assertionResult.parse(answer)).toEqual({ ...answer, commitment: 7n, nonce: 0n, bid: [1n] })
})

test('votes, bloom filter and artifacts are read', () => {
  expect(voteResult.parse({ voter: author, votes: [true], valid_bloom: false })).toMatchObject({ voter: author })
  expect(bloomResult.parse({ bloom: [2n ** 255n, 0, 0, 0, 0, 0, 0, 1] }).bloom[0]).toBe(2n ** 255n)
  expect(bloomResult.safeParse({ bloom: [1] }).success).toBe(false)
  expect(artifactList.parse([{ name: '', hash: 'Qm' }])).toEqual([{ name: '', hash: 'Qm' }])
  expect(artifactList.safeParse(Array(257).fill({ name: '', hash: 'Qm' })).success).toBe(false)
})
