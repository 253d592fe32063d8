import { describe, expect, it } from 'vitest'
import { judgeRefusal } from './refusal.ts'

describe('judgeRefusal', () => {
  it.each([
    ["Invalid transaction error for tx ab: {'code': -32000, 'message': 'already known'}", 'accepted'],
    ['Invalid transaction error for tx ab: known transaction: ab', 'accepted'],
    ['transaction already imported', 'accepted'],
    ['Invalid transaction error for tx ab: nonce too low', 'later'],
    ['Invalid transaction error for tx ab: nonce too high', 'later'],
    ['replacement transaction underpriced', 'later'],
    ['something that no node has said before', 'later'],
    ['Invalid transaction error for tx ab: insufficient funds for gas * price + value', 'refused'],
    ['Invalid transaction recipient for tx ab: 0x00', 'refused'],
    ['intrinsic gas too low', 'refused'],
    ['exceeds block gas limit', 'refused'],
    ['transaction underpriced', 'refused'],
  ])('takes "%s" as %s', (message, verdict) => {
    expect(judgeRefusal(message)).toBe(verdict)
  })
})
