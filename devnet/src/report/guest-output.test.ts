import { expect, test } from 'vitest'
import { GuestOutput } from './guest-output.js'

test('what an engine prints and what goes wrong is shown with its name, and what works is not', () => {
  const output = new GuestOutput('mine', '/logs/mine.log', () => 0)
  expect(output.lines('INFO  2026-11-26T13:49:25.424Z ready account=0x1')).toEqual([])
  expect(output.lines('looking at eicar.com')).toEqual(['mine | looking at eicar.com'])
  expect(output.lines('    at scan (mine.ts:3)')).toEqual(['mine |     at scan (mine.ts:3)'])
  expect(output.lines('WARN  2026-11-26T13:49:25.424Z could not judge reason="mine failed: boom"')).toEqual([
    'mine ! could not judge reason="mine failed: boom"',
  ])
  expect(output.lines('\x1b[2J\u202eevil').join('')).not.toMatch(/[\p{Cc}\u202e]/u)
})

test('an engine that prints without end is cut short, with the number of lines and the log', () => {
  let now = 0
  const output = new GuestOutput('mine', '/logs/mine.log', () => now)
  const shown = Array.from({ length: 1_000 }, (_, index) => output.lines(`line ${index}`)).flat()
  expect(shown).toHaveLength(20)
  now = 1_000
  expect(output.lines('later')).toEqual(['mine | … 980 more lines in /logs/mine.log', 'mine | later'])
})
