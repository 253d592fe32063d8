import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ATTACKS } from '../benchmarks/siege/attacks.ts'
import { ROOT } from './support/markdown.ts'

/** A row of the table in SECURITY.md. */
interface Row {
  tries: string
  stops: string
  tests: { title: string; path: string }[]
  attacks: string[]
}

const text = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line): Row => {
    const [, , tries = '', stops = '', tests = '', attacks = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
    return {
      tries,
      stops,
      tests: [...tests.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, title = '', path = '']) => ({ title, path })),
      attacks: [...attacks.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    }
  })

test('each row says what stops it, and names a test that shows it', () => {
  expect(rows.length).toBeGreaterThan(20)
  const bare = rows.filter(({ stops, tests }) => stops === '' || tests.length === 0)
  expect(bare.map(({ tries }) => tries)).toEqual([])
})

test('each test that is named stands in the file that is named', () => {
  const missing = rows
    .flatMap(({ tests }) => tests)
    .filter(
      ({ path, title }) => !existsSync(join(ROOT, path)) || !readFileSync(join(ROOT, path), 'utf8').includes(title),
    )
  expect(missing).toEqual([])
})

test('the siege tries what the table says, and the table has all that the siege tries', () => {
  const named = new Set(rows.flatMap(({ attacks }) => attacks))
  expect([...named].sort()).toEqual(ATTACKS.map(({ name }) => name).sort())
})
