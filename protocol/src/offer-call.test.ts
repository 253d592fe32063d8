import { decodeFunctionData, parseAbi, stringToHex } from 'viem'
import { expect, test } from 'vitest'
import { parseGuid } from './guid.ts'
import type { MarketCall } from './market-call.ts'
import {
  cancelAgreementCall,
  challengeSettleCall,
  closeAgreementCall,
  closeAgreementWithTimeoutCall,
  initializeOfferChannelCall,
  joinAgreementCall,
  openAgreementCall,
  setCommunicationUriCall,
  startSettleCall,
} from './offer-call.ts'

/** The original's signatures: what programs written for it encode and check. */
const original = parseAbi([
  'function initializeOfferChannel(uint128 guid, address ambassador, address expert, uint256 settlementPeriodLength)',
  'function openAgreement(bytes state, uint8 v, bytes32 r, bytes32 s)',
  'function joinAgreement(bytes state, uint8 v, bytes32 r, bytes32 s)',
  'function cancelAgreement()',
  'function closeAgreement(bytes state, uint8[2] v, bytes32[2] r, bytes32[2] s)',
  'function closeAgreementWithTimeout(bytes state, uint8[2] v, bytes32[2] r, bytes32[2] s)',
  'function startSettle(bytes state, uint8[2] v, bytes32[2] r, bytes32[2] s)',
  'function challengeSettle(bytes state, uint8[2] v, bytes32[2] r, bytes32[2] s)',
  'function setCommunicationUri(bytes32 uri)',
])

const ambassador = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const expert = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'
const contract = '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB'
const lower = '0xdbf03b407c01e7cd3cbea99509d93f8dddc8c6fb'
const state = `0x${'ab'.repeat(544)}` as const
const word = (digits: string) => `0x${digits.padStart(64, '0')}` as const
const one = { v: 27, r: '0x12', s: word('34') } as const
const two = { v: 28, r: word('56'), s: '0x78' } as const
const both = [state, [27, 28], [word('12'), word('56')], [word('34'), word('78')]]
const order = {
  guid: parseGuid('00000000-0000-0000-0000-00000000042a'),
  ambassador,
  expert,
  settlementPeriodLength: 10n,
} as const

const calls: [string, MarketCall, unknown[] | undefined][] = [
  ['initializeOfferChannel', initializeOfferChannelCall(lower, order), [1066n, ambassador, expert, 10n]],
  ['openAgreement', openAgreementCall(lower, state, one), [state, 27, word('12'), word('34')]],
  ['joinAgreement', joinAgreementCall(lower, state, two), [state, 28, word('56'), word('78')]],
  ['cancelAgreement', cancelAgreementCall(lower), undefined],
  ['closeAgreement', closeAgreementCall(lower, state, [one, two]), both],
  ['closeAgreementWithTimeout', closeAgreementWithTimeoutCall(lower, state, [one, two]), both],
  ['startSettle', startSettleCall(lower, state, [one, two]), both],
  ['challengeSettle', challengeSettleCall(lower, state, [one, two]), both],
  ['setCommunicationUri', setCommunicationUriCall(lower, 'ws://a'), [stringToHex('ws://a').padEnd(66, '0')]],
]

test.each(calls)('%s is what the original encodes, to the checksummed contract', (functionName, { to, data }, args) => {
  expect(to).toBe(contract)
  expect(decodeFunctionData({ abi: original, data })).toEqual({ functionName, args })
})

test('an address to be reached at has 32 bytes, not characters', () => {
  expect(() => setCommunicationUriCall(contract, 'ü'.repeat(17))).toThrow(/beyond 32 bytes/)
})
