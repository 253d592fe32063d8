import { bountyRegistryAbi, guidToUint128, newGuid } from '@polyswarm/protocol'
import { encodeErrorResult, parseAbi } from 'viem'
import { expect, test } from 'vitest'
import { revertReason } from './revert-reason.ts'

test('a custom error is its name in words with its values by name', () => {
  const guid = newGuid()
  const data = encodeErrorResult({
    abi: bountyRegistryAbi,
    errorName: 'BountyWrongRound',
    args: [guidToUint128(guid), 3n],
  })
  expect(revertReason(data)).toBe(`Bounty wrong round (guid ${guid}, round 3)`)
  const nothing = encodeErrorResult({ abi: bountyRegistryAbi, errorName: 'AssertionNonceZero' })
  expect(revertReason(nothing)).toBe('Assertion nonce zero')
})

test('abbreviations stay whole', () => {
  const data = encodeErrorResult({ abi: bountyRegistryAbi, errorName: 'BountyURILengthOutOfRange', args: [101n, 100n] })
  expect(revertReason(data)).toBe('Bounty URI length out of range (length 101, maximum 100)')
})

test('the text of a require is passed on', () => {
  const data = encodeErrorResult({ abi: parseAbi(['error Error(string reason)']), args: ['Bounty inactive'] })
  expect(revertReason(data)).toBe('Bounty inactive')
})

test.each([undefined, '0x', '0x12345678', '0x08c379a0ff'] as const)('%s says nothing', (data) => {
  expect(revertReason(data)).toBeNull()
})
