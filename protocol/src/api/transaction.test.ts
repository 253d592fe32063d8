import { expect, test } from 'vitest'
import { envelope } from './envelope.ts'
import { contractsResult, statusResult } from './market.ts'
import {
  builtTransactions,
  findTransactionsBody,
  requestedHash,
  sendTransactionsBody,
  transactionEvents,
} from './transaction.ts'

const address = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const guid = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
const unsigned = { chainId: 1338, data: '0xab01', gas: 50_000_000, gasPrice: 0, nonce: 7, to: address, value: 0 }

test('built transactions are read in order, with exact amounts', () => {
  const { transactions } = builtTransactions.parse({ transactions: [unsigned, { ...unsigned, nonce: 8 }] })
  expect(transactions).toEqual([
    { ...unsigned, gas: 50_000_000n, gasPrice: 0n, value: 0n },
    { ...unsigned, gas: 50_000_000n, gasPrice: 0n, value: 0n, nonce: 8 },
  ])
})

test.each([
  ['no transactions', { transactions: [] }],
  ['more than ten', { transactions: Array(11).fill(unsigned) }],
  ['an odd number of digits', { transactions: [{ ...unsigned, data: '0xabc' }] }],
  ['no recipient', { transactions: [{ ...unsigned, to: null }] }],
  ['a value below zero', { transactions: [{ ...unsigned, value: -1 }] }],
])('%s cannot be what the daemon built', (_case, answer) => {
  expect(builtTransactions.safeParse(answer).success).toBe(false)
})

test('at most ten transactions are sent or asked for at once, and none is a request too', () => {
  expect(sendTransactionsBody.parse({ transactions: [] })).toEqual({ transactions: [] })
  expect(sendTransactionsBody.safeParse({ transactions: Array(11).fill('ab') }).success).toBe(false)
  expect(sendTransactionsBody.safeParse({ transactions: [''] }).success).toBe(false)
  expect(findTransactionsBody.safeParse({ transactions: Array(11).fill('ab'.repeat(32)) }).success).toBe(false)
})

test('a requested hash may lack its 0x and be in upper case', () => {
  expect(requestedHash.parse('AB'.repeat(32))).toBe(`0x${'ab'.repeat(32)}`)
  expect(requestedHash.parse(`0x${'ab'.repeat(32)}`)).toBe(`0x${'ab'.repeat(32)}`)
  expect(requestedHash.safeParse('ab'.repeat(31)).success).toBe(false)
  expect(requestedHash.safeParse(`0x0x${'ab'.repeat(31)}`).success).toBe(false)
})

test('the events of mined transactions are read; kinds without events are absent', () => {
  const answer = {
    errors: [],
    transfers: [{ to: address, from: address, value: '1' }],
    deposits: [{ from: address, value: 10n ** 25n }],
    votes: [{ bounty_guid: guid, voter: address, votes: [true] }],
  }
  expect(transactionEvents.parse(answer)).toEqual({ ...answer, transfers: [{ to: address, from: address, value: 1n }] })
  expect(transactionEvents.safeParse({ transfers: [{ to: address, from: address, value: 1 }] }).success).toBe(false)
})

test('an answer is a success or a failure, and nothing else', () => {
  expect(envelope.parse({ status: 'OK', result: false })).toEqual({ status: 'OK', result: false })
  expect(envelope.parse({ status: 'FAIL', errors: ['x'] })).toEqual({ status: 'FAIL', errors: ['x'] })
  expect(envelope.safeParse({ message: '404 Not Found' }).success).toBe(false)
  expect(envelope.safeParse({ status: 'ok' }).success).toBe(false)
})

test('contracts and status of a market are read', () => {
  const contracts = {
    chain_id: 1338,
    free: true,
    nectar_token_address: address,
    arbiter_staking_address: address,
    bounty_registry_address: address,
  }
  expect(contractsResult.parse({ ...contracts, later_address: address })).toEqual(contracts)
  const whole = { ...contracts, offer_registry_address: address, erc20_relay_address: address }
  expect(contractsResult.parse(whole)).toEqual(whole)
  const status = {
    community: 'gamma',
    home: { reachable: false },
    side: { reachable: true, syncing: false, block: 7 },
    artifact_services: { ipfs: { reachable: true } },
  }
  expect(statusResult.parse(status)).toEqual(status)
})
