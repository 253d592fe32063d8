import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { account, announce } from '../journal/journal.fixture.ts'
import { Journal } from '../journal/journal.ts'
import { writeLiveness } from '../reports/liveness.ts'

const owner = { account, role: 'microengine' }

let directory: string
let umask: number

beforeEach(() => {
  umask = process.umask(0)
  directory = mkdtempSync(join(tmpdir(), 'private-'))
})

afterEach(() => {
  process.umask(umask)
  rmSync(directory, { recursive: true })
})

/** The rights on everything in a directory, by name, in octal. */
function rightsIn(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, rightsOn(join(folder, name))]))
}

const rightsOn = (path: string): string => (statSync(path).mode & 0o777).toString(8)

const ALL = { 'a.sqlite': '600', 'a.sqlite-shm': '600', 'a.sqlite-wal': '600', 'a.sqlite.lock': '600' }
/** SQLite's own, while the lock is held. */
const HELD = { ...ALL, 'a.sqlite.lock-journal': '600' }

describe('a journal, whatever the umask', () => {
  it("is its owner's alone, with its folder and all that lies beside it", () => {
    const folder = join(directory, 'state', 'polyswarm')
    const journal = Journal.open(join(folder, 'a.sqlite'), owner)
    announce(journal, 100)
    expect(rightsIn(folder)).toEqual(HELD)
    expect([rightsOn(folder), rightsOn(join(folder, '..'))]).toEqual(['700', '700'])
    expect(journal.mended).toEqual([])
    journal.close()
  })

  it('that others could read is mended, and says so once', () => {
    const path = join(directory, 'a.sqlite')
    Journal.open(path, owner).close()
    for (const name of ['a.sqlite', 'a.sqlite.lock']) chmodSync(join(directory, name), 0o644)
    // As a process leaves them that is killed.
    for (const name of ['a.sqlite-wal', 'a.sqlite-shm']) writeFileSync(join(directory, name), '', { mode: 0o666 })
    const journal = Journal.open(path, owner)
    announce(journal, 100)
    expect(rightsIn(directory)).toEqual(HELD)
    expect([...journal.mended].sort()).toEqual(
      Object.keys(ALL)
        .map((name) => join(directory, name))
        .sort(),
    )
    journal.close()
    const again = Journal.open(path, owner)
    expect(again.mended).toEqual([])
    again.close()
  })
})

describe('a sign of life, whatever the umask', () => {
  it("is its owner's alone", async () => {
    await writeLiveness(join(directory, 'alive'), { at: 1, head: 1, undecided: 0, averageWait: 0 })
    expect(rightsIn(directory)).toEqual({ alive: '600' })
  })
})
