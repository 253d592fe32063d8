import { expect, test } from 'vitest'
import type { z } from 'zod'
import { parseJson } from '../json.ts'
import {
  offerAgreedRequest,
  offerEvent,
  offerListEntry,
  offerMessage,
  offerRequest,
  offerSignedRequest,
  offerStateRequest,
  offerUriRequest,
  relayRequest,
} from './offer.ts'

const A = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const B = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'
const state = 'ab'.repeat(544)
const word = '1'.repeat(64)

const requests: [string, z.ZodType, object, Record<string, unknown[]>][] = [
  [
    'POST /offers',
    offerRequest,
    { ambassador: A, expert: B, settlementPeriodLength: 10 },
    { ambassador: ['0x12', 7, undefined], expert: [null], settlementPeriodLength: [-1, 1.5, '10'], guid: ['x'] },
  ],
  [
    'POST /offers/<guid>/open',
    offerSignedRequest,
    { state, r: word, v: 27, s: `0x${word}` },
    { state: ['', 'ab', 'zz'.repeat(544), 7], r: ['12', `${word}${word}`], v: ['27', 256, -1], s: [undefined] },
  ],
  [
    'POST /offers/<guid>/close',
    offerAgreedRequest,
    { state, r: [word, word], v: [27, 28], s: [word, word] },
    { r: [[word], word, [word, word, word]], v: [[27], [27, 256]], s: [undefined, ['x', word]] },
  ],
  ['POST /offers/<guid>/uri', offerUriRequest, { websocketUri: 'ws://a' }, { websocketUri: ['', 'x'.repeat(33), 7] }],
  ['POST /relay/deposit', relayRequest, { amount: '1' }, { amount: ['', '1'.repeat(65), 1, '-1'] }],
]

test.each(requests)('%s takes what the API allows and refuses each wrong field', (_route, schema, request, wrong) => {
  expect(schema.parse(request)).toEqual(request)
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      expect(schema.safeParse({ ...request, [field]: value }).success, `${field}: ${String(value)}`).toBe(false)
    }
  }
})

test('a state is described in exact integers, with what belongs to the parties left out or given', () => {
  const fields = { close_flag: 0, ambassador: A, expert: B, msig_address: A, guid: '7', offer_amount: 0 }
  const text = `{"nonce":1,"ambassador_balance":${2n ** 255n},"expert_balance":0}`
  const read = offerStateRequest.parse({ ...fields, ...(parseJson(text) as object) })
  expect(read).toMatchObject({ nonce: 1n, ambassador_balance: 2n ** 255n, guid: '7' })
  for (const wrong of [{ close_flag: 2 }, { guid: 'x' }, { mask: [1] }, { nonce: '1' }, { meta_data: 7 }]) {
    expect(offerStateRequest.safeParse({ ...fields, ...(parseJson(text) as object), ...wrong }).success).toBe(false)
  }
})

test('lists, events and messages are read with guids of 128 bits to the digit', () => {
  const guid = 0x7c9e6679742540de944be07fc1f90ae7n
  expect(offerListEntry.parse(parseJson(`{"guid":${guid},"address":"${A}"}`))).toEqual({ guid, address: A })
  const chain = { block_number: 7, txhash: `0x${'ab'.repeat(32)}` }
  const settling = { event: 'settle_started', data: { initiator: A, nonce: 1, settle_period_end: 17 }, ...chain }
  expect(offerEvent.parse(settling)).toMatchObject({ data: { nonce: 1n, settle_period_end: 17n } })
  expect(offerEvent.safeParse({ ...settling, event: 'bounty' }).success).toBe(false)
  const inside = {
    ...{ nonce: 1, offer_amount: 2, msig_address: A, ambassador_balance: 3, expert_balance: 4, ambassador: A },
    ...{ expert: B, is_closed: 0, token: A, guid },
  }
  const message = { type: 'offer', raw_state: state, state: inside }
  expect(offerMessage.parse(message).state).toMatchObject({ guid, nonce: 1n })
  expect(offerMessage.safeParse({ ...message, state: { ...inside, guid: '7' } }).success).toBe(false)
})
