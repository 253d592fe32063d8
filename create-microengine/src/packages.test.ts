import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MARKET_PACKAGES, packagesBeside, RUNTIME_PACKAGES } from './packages.ts'

const VERSION = '1.2.3'

let folder: string
let tarballs: string
/** A file of this package, as npm has installed it. */
let own: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'packages-'))
  tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs)
  for (const name of [...RUNTIME_PACKAGES, ...MARKET_PACKAGES]) {
    writeFileSync(join(tarballs, `polyswarm-${name}-${VERSION}.tgz`), '')
  }
  own = join(folder, 'npx/node_modules/@polyswarm/create-microengine/dist/create.js')
  mkdirSync(join(own, '..'), { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true }))

function note(text: string): void {
  writeFileSync(join(folder, 'npx/node_modules/.package-lock.json'), text)
}

const from = (resolved: string) =>
  note(JSON.stringify({ packages: { 'node_modules/@polyswarm/create-microengine': { resolved } } }))

it('finds the packages beside the tarball that npm notes, however it writes its path', async () => {
  const name = `polyswarm-create-microengine-${VERSION}.tgz`
  for (const path of [
    `file:../tarballs/${name}`,
    `file:${join(tarballs, name)}`,
    pathToFileURL(join(tarballs, name)).href,
  ]) {
    from(path)
    expect(await packagesBeside(own, VERSION), path).toBe(tarballs)
  }
})

it('finds none where one of them is missing, or of another version', async () => {
  from('file:../tarballs/polyswarm-create-microengine-1.2.3.tgz')
  expect(await packagesBeside(own, '1.2.4')).toBeUndefined()
  rmSync(join(tarballs, `polyswarm-devnet-${VERSION}.tgz`))
  expect(await packagesBeside(own, VERSION)).toBeUndefined()
})

it.each([
  [
    'a registry',
    '{"packages":{"node_modules/@polyswarm/create-microengine":{"resolved":"https://registry.example/c.tgz"}}}',
  ],
  [
    'a folder',
    '{"packages":{"node_modules/@polyswarm/create-microengine":{"resolved":"../create-microengine","link":true}}}',
  ],
  ['nowhere', '{"packages":{}}'],
  ['a note that is cut short', '{"packages":{"node_mod'],
])('finds none where this program is from %s', async (_, text) => {
  note(text)
  expect(await packagesBeside(own, VERSION)).toBeUndefined()
})
