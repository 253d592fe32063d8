import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DataDirectory } from './data-directory.ts'

let parent: string
let umask: number

beforeEach(() => {
  umask = process.umask(0)
  parent = mkdtempSync(join(tmpdir(), 'data-'))
})

afterEach(() => {
  process.umask(umask)
  rmSync(parent, { recursive: true })
})

const rightsOn = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test("a new directory is its owner's alone, whatever the umask", () => {
  const data = DataDirectory.open(join(parent, 'new', 'market'))
  data.writeJson(data.marketFile, {})
  for (const part of ['', 'keys', 'journals', 'logs', 'chain', 'truth', 'polyswarmd']) {
    expect(rightsOn(data.path(part)), part).toBe('700')
  }
  expect(rightsOn(data.marketFile)).toBe('600')
  expect(data.mended).toEqual([])
})

test('one that others could read is mended, with the keys and journals in it, and says so', () => {
  const root = join(parent, 'market')
  const files = [
    'market.json',
    'keys/deployer.password',
    'journals/yara.sqlite',
    'journals/yara.sqlite-wal',
    'logs/a.log',
  ]
  for (const folder of ['keys', 'journals', 'logs']) mkdirSync(join(root, folder), { recursive: true, mode: 0o755 })
  chmodSync(root, 0o755)
  for (const file of files) writeFileSync(join(root, file), 'x', { mode: 0o644 })
  const data = DataDirectory.open(root)
  for (const file of files) expect(rightsOn(data.path(file)), file).toBe('600')
  for (const folder of ['', 'keys', 'journals', 'logs']) expect(rightsOn(data.path(folder)), folder).toBe('700')
  expect(data.mended).toEqual(expect.arrayContaining([root, ...files.map((file) => join(root, file))]))
})
