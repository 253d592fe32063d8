import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sourceStamp } from './source-stamp.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sources-'))
  mkdirSync(join(folder, 'below'))
  writeFileSync(join(folder, 'engine.ts'), 'one')
})

afterEach(() => rmSync(folder, { recursive: true }))

it('changes with each file that is added, written or removed, however deep', async () => {
  const stamps = [await sourceStamp(folder)]
  writeFileSync(join(folder, 'below', 'part.ts'), 'a')
  stamps.push(await sourceStamp(folder))
  utimesSync(join(folder, 'below', 'part.ts'), 1, 1)
  stamps.push(await sourceStamp(folder))
  rmSync(join(folder, 'engine.ts'))
  stamps.push(await sourceStamp(folder))
  expect(new Set(stamps).size).toBe(4)
})

it('does not change with what is installed or hidden, nor by looking', async () => {
  const before = await sourceStamp(folder)
  for (const name of ['node_modules', '.polyswarm']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'x'), 'x')
  }
  writeFileSync(join(folder, '.engine.ts.swp'), 'x')
  expect(await sourceStamp(folder)).toBe(before)
})

it('of a folder that is gone is that of an empty one', async () => {
  expect(await sourceStamp(join(folder, 'none'))).toBe('')
})
