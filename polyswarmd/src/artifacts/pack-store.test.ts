import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type * as Files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CID } from 'multiformats/cid'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PackStore } from './pack-store.ts'
import { importFiles } from './unixfs-import.ts'

const opened = vi.hoisted(() => ({ count: 0 }))
vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof Files>()
  const open = (...args: Parameters<typeof files.open>) => {
    opened.count++
    return files.open(...args)
  }
  return { ...files, open }
})

const CACHE = 1024 * 1024
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'packs-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

it('opens a pack once for all the small blocks that lie together, however many ask at a time', async () => {
  const { names } = await stored(64)
  const store = new PackStore(directory, CACHE)
  opened.count = 0
  const engines = Array.from({ length: 6 }, () => Promise.all(names.map((name) => store.read(CID.parse(name)))))
  const [first, ...others] = await Promise.all(engines)
  for (const other of others) expect(other).toEqual(first)
  expect(opened.count).toBeLessThanOrEqual(2)
  store.close()
})

it('gives the sound blocks around a damaged one, and not the damaged one', async () => {
  const { names } = await stored(8)
  const [file = ''] = readdirSync(join(directory, 'packs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const bytes = readFileSync(file)
  bytes[bytes.indexOf('file number 3')] = 0
  writeFileSync(file, bytes)
  const store = new PackStore(directory, CACHE)
  const results = await Promise.allSettled(names.slice(0, 8).map((name) => store.read(CID.parse(name))))
  expect(results.map(({ status }) => status)).toEqual(
    results.map((_, index) => (index === 3 ? 'rejected' : 'fulfilled')),
  )
  await expect(store.read(CID.parse(names[3] ?? ''))).rejects.toThrow(/does not match its address/)
  store.close()
})

it('finds nothing of a pack that was given up, though it was in memory', async () => {
  const { names, root } = await stored(4)
  const store = new PackStore(directory, CACHE)
  for (const name of names) await store.read(CID.parse(name))
  await store.remove(root)
  for (const name of names) await expect(store.read(CID.parse(name))).rejects.toThrow(/is not stored/)
  store.close()
})

it('takes over an index of the first version', async () => {
  const { names } = await stored(3)
  const db = new DatabaseSync(join(directory, 'packs.sqlite'))
  db.exec('DROP INDEX blocks_place; CREATE INDEX blocks_pack ON blocks (pack); ALTER TABLE packs DROP COLUMN content')
  db.exec('PRAGMA user_version = 1')
  db.close()
  const store = new PackStore(directory, CACHE)
  for (const name of names) expect((await store.read(CID.parse(name))).length).toBeGreaterThan(0)
  store.close()
})

/** Stores one upload. @returns the addresses of its files, and that of the whole. */
async function stored(count: number): Promise<{ names: string[]; root: string }> {
  const store = new PackStore(directory, CACHE)
  const pack = store.begin()
  const files = (async function* () {
    for (let index = 0; index < count; index++) yield [Buffer.from(`file number ${index}`)] as never
  })()
  const { root, names } = await importFiles(files, pack.writer)
  await pack.writer.finish()
  await store.keep(pack, root.toString())
  store.close()
  return { names, root: root.toString() }
}
