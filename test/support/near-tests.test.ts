import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LONG } from './longest-first.ts'
import { importedFiles, nearTests } from './near-tests.ts'
import { ROOT } from './source-files.ts'

const IMPORTS = new Map([
  ['a/price.ts', []],
  ['a/bid.ts', ['a/price.ts']],
  ['b/market.ts', ['a/bid.ts']],
  ['a/price.test.ts', ['a/price.ts']],
  ['a/amounts.test.ts', ['a/price.ts']],
  ['b/fees.test.ts', ['a/price.ts']],
  ['a/bid.test.ts', ['a/bid.ts']],
  ['b/market.test.ts', ['b/market.ts', 'b/helper.fixture.ts']],
  ['c/other.test.ts', ['c/other.ts']],
])

test('the tests of what changed come first, then those of what imports it, and no others', () => {
  const near = ['a/price.test.ts', 'a/amounts.test.ts', 'b/fees.test.ts', 'a/bid.test.ts', 'b/market.test.ts']
  expect(nearTests(IMPORTS, ['a/price.ts'])).toEqual(near)
  expect(nearTests(IMPORTS, ['b/fees.test.ts'])).toEqual(['b/fees.test.ts'])
  expect(nearTests(IMPORTS, ['b/helper.fixture.ts'])).toEqual(['b/market.test.ts'])
  expect(nearTests(IMPORTS, ['README.md'])).toEqual([])
})

test('modules that import each other in a ring are gone round once', () => {
  const ring = new Map([
    ['one.ts', ['two.ts']],
    ['two.ts', ['one.ts']],
    ['two.test.ts', ['two.ts']],
  ])
  expect(nearTests(ring, ['one.ts'])).toEqual(['two.test.ts'])
})

test('what a module imports is found by its path, whatever ending it is given', () => {
  const there = new Set(['a/one.ts', 'b/two.ts', 'a/view.tsx', 'a/three.ts', 'a/program.js'])
  const text = `
    import { one } from './one.js'
    import type { Two } from '../b/two.ts'
    export * from './view.js'
    import fastify from 'fastify'
    const three = await import('./three.js')
    const program = new URL('./program.js', import.meta.url)
    import { gone } from './gone.js'`
  expect(importedFiles('a/module.ts', text, there)).toEqual([
    'a/one.ts',
    'b/two.ts',
    'a/view.tsx',
    'a/three.ts',
    'a/program.js',
  ])
})

test('every file that is said to take long is there', () => {
  expect(LONG.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  expect(new Set(LONG).size).toBe(LONG.length)
})
