import { expect, test } from 'vitest'
import { exitCodeOf, InvalidAmountError, PolySwarmError } from './errors.ts'

class BusyError extends PolySwarmError {
  readonly code = 'BUSY'
  override readonly retryable = true
  override readonly status = 503
}

test('a program ends with 75 exactly where trying again can help', () => {
  expect(exitCodeOf(new BusyError('Busy.'))).toBe(75)
  expect(exitCodeOf(new InvalidAmountError({ text: 'x' }))).toBe(1)
  expect(exitCodeOf('a string')).toBe(1)
  expect(exitCodeOf(undefined)).toBe(1)
})

test('an error has the name of its class and keeps its cause', () => {
  const cause = new Error('the disk')
  expect(new BusyError('Busy.', { cause })).toMatchObject({ name: 'BusyError', message: 'Busy.', cause, status: 503 })
  expect(new InvalidAmountError({ text: '-1' })).toMatchObject({ status: 400, retryable: false })
})
