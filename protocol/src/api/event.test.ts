import { expect, test } from 'vitest'
import { parseJson } from '../json.ts'
import { marketEvent } from './event.ts'

const A = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const B = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'
const guid = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
const txhash = `0x${'ab'.repeat(32)}`
const large = 2n ** 255n

/** Each event as polyswarmd writes its data, and what a participant reads in it. */
const events: [string, string, unknown][] = [
  [
    'fee_update',
    '{"bounty_fee":62500000000000000,"assertion_fee":1}',
    { bounty_fee: 62_500_000_000_000_000n, assertion_fee: 1n },
  ],
  [
    'window_update',
    '{"assertion_reveal_window":25,"arbiter_vote_window":100}',
    { assertion_reveal_window: 25n, arbiter_vote_window: 100n },
  ],
  [
    'bounty',
    `{"guid":"${guid}","artifact_type":"file","author":"${A}","amount":"2000000000000000000","uri":"Qm","expiration":"115","metadata":[{"mimetype":"text/plain"}]}`,
    {
      guid,
      artifact_type: 'file',
      author: A,
      amount: 2n * 10n ** 18n,
      uri: 'Qm',
      expiration: 115n,
      metadata: [{ mimetype: 'text/plain' }],
    },
  ],
  [
    'assertion',
    `{"bounty_guid":"${guid}","author":"${A}","index":0,"bid":["1","${large}"],"mask":[true,false],"commitment":"${large}"}`,
    { bounty_guid: guid, author: A, index: 0, bid: [1n, large], mask: [true, false], commitment: large },
  ],
  [
    'reveal',
    `{"bounty_guid":"${guid}","author":"${A}","index":3,"nonce":"${large}","verdicts":[false],"metadata":""}`,
    { bounty_guid: guid, author: A, index: 3, nonce: large, verdicts: [false], metadata: '' },
  ],
  ['vote', `{"bounty_guid":"${guid}","voter":"${B}","votes":[true]}`, { bounty_guid: guid, voter: B, votes: [true] }],
  ['quorum', `{"bounty_guid":"${guid}"}`, { bounty_guid: guid }],
  [
    'settled_bounty',
    `{"bounty_guid":"${guid}","settler":"${A}","payout":2666666666666666666}`,
    { bounty_guid: guid, settler: A, payout: 2_666_666_666_666_666_666n },
  ],
  ['deprecated', '{"rollover":true}', { rollover: true }],
  ['undeprecated', '{}', {}],
  [
    'initialized_channel',
    `{"ambassador":"${A}","expert":"${B}","guid":"${guid}","multi_signature":"${A}"}`,
    { ambassador: A, expert: B, guid, multi_signature: A },
  ],
]

test.each(events)('%s is read with exact amounts, and only whole', (event, data, read) => {
  const text = `{"event":"${event}","data":${data},"block_number":99,"txhash":"${txhash}"}`
  expect(marketEvent.parse(parseJson(text))).toEqual({ event, data: read, block_number: 99, txhash })

  const message = parseJson(text) as { data: Record<string, unknown> }
  for (const key of Object.keys(message.data)) {
    const { [key]: _left, ...rest } = message.data
    expect(marketEvent.safeParse({ ...message, data: rest }).success, `without ${key}`).toBe(false)
  }
  for (const key of ['block_number', 'txhash', 'data']) {
    expect(marketEvent.safeParse({ ...message, [key]: undefined }).success, `without ${key}`).toBe(false)
  }
})

test.each([
  ['connected', { start_time: '1700000000.25' }],
  ['block', { number: 7 }],
  ['reorg', { number: 6 }],
])('%s belongs to no transaction', (event, data) => {
  expect(marketEvent.parse({ event, data })).toEqual({ event, data })
})

test('a cursor is kept where the connection asked for one', () => {
  const block = { event: 'block', data: { number: 7 }, cursor: '7:block' }
  expect(marketEvent.parse(block)).toEqual(block)
})

test.each([[{}], [null], [{ event: 'party', data: {} }], [{ event: 'block', data: { number: '7' } }], [[]]])(
  'message %# is none of the API',
  (message) => {
    expect(marketEvent.safeParse(message).success).toBe(false)
  },
)
