import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isContentAddress } from './content-address.ts'

test.each(['QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o', 'z', '1'.repeat(99)])('%s can be one', (text) => {
  expect(isContentAddress(text)).toBe(true)
})

test.each([
  '',
  '1'.repeat(100),
  'Qm0',
  'QmO',
  'QmI',
  'Qml',
  'Qm/1',
  '../../etc/passwd',
  'Qm%2e',
  'Qm?x',
  'Qm\n',
  ' Qm',
  'http://169.254.169.254/',
  'Qmé',
])('%j cannot be one', (text) => {
  expect(isContentAddress(text)).toBe(false)
})

test('whatever can be one is safe as a part of a path', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 5 }), (text) => {
      if (isContentAddress(text)) expect(new URL(`http://host/${text}/end`).pathname).toBe(`/${text}/end`)
    }),
    { numRuns: 2000 },
  )
})
