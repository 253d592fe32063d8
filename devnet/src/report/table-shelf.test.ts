import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TableShelf } from './table-shelf.js'

test('keeps whole tables, and no more than fifty of them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tables-'))
  const shelf = new TableShelf(directory)
  const files = Array.from({ length: 60 }, (_, index) => shelf.put(`bounty-${index}`, ['a', 'b']))
  expect(readFileSync(files.at(-1) ?? '', 'utf8')).toBe('a\nb\n')
  expect(readdirSync(directory)).toHaveLength(50)
  rmSync(directory, { recursive: true })
})
