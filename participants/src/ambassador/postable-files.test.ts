import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { directorySource } from './directory-source.js'
import { commonDirectory, namesInBounty, postableFiles } from './postable-files.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postable-'))
})
afterEach(() => rm(directory, { recursive: true }))

it('leaves out what cannot be posted, and says why', async () => {
  await mkdir(join(directory, 'below'))
  await writeFile(join(directory, 'below', 'fits'), 'x'.repeat(100))
  await writeFile(join(directory, 'large'), 'x'.repeat(101))
  await writeFile(join(directory, 'void'), '')
  await symlink(join(directory, 'below', 'fits'), join(directory, 'link'))
  execFileSync('mkfifo', [join(directory, 'pipe')])
  expect(await postableFiles(directory, 100)).toEqual({
    files: [join(directory, 'below', 'fits')],
    leftOut: [
      { path: join(directory, 'large'), reason: 'larger than 100 bytes' },
      { path: join(directory, 'link'), reason: 'a link' },
      { path: join(directory, 'pipe'), reason: 'no file' },
      { path: join(directory, 'void'), reason: 'empty' },
    ],
  })
})

it('looks in the same way at files that are named one by one', async () => {
  const at = (name: string) => join(directory, name)
  await writeFile(at('good'), 'x')
  await writeFile(at('void'), '')
  await symlink(at('good'), at('link'))
  execFileSync('mkfifo', [at('pipe')])
  const told: string[] = []
  const names = ['good', 'link', 'pipe', 'void']
  const source = directorySource(names.map(at), {
    leftOut: ({ path, reason }) => told.push(`${basename(path)}: ${reason}`),
  })
  const [plan = '', ...others] = await source.plan()
  expect(others).toEqual([])
  expect((await source.artifacts(plan)).map(({ name }) => name)).toEqual(['good'])
  expect(told).toEqual(['link: a link', 'pipe: no file', 'void: empty'])
  await expect(directorySource([at('good'), at('gone')]).plan()).rejects.toThrow(/gone/)
  expect(commonDirectory(['/a/b/c', '/a/b/d/e'])).toBe('/a/b')
  expect(commonDirectory(['/a/b', '/a/bc'])).toBe('/a')
  expect(commonDirectory(['/x', '/a'])).toBe('/')
  expect(commonDirectory(['/a/b'])).toBe('/a/b')
})

it('tells files of the same name apart, and shortens the others to their names', () => {
  expect(namesInBounty(['/d/a/x.txt', '/d/b/x.txt', '/d/b/y.txt'], '/d')).toEqual(['a/x.txt', 'b/x.txt', 'y.txt'])
})

it('a directory of the ambassador goes on without what is too large, which is told once', async () => {
  await mkdir(join(directory, 'other'))
  await writeFile(join(directory, 'same.txt'), 'one')
  await writeFile(join(directory, 'other', 'same.txt'), 'two')
  await writeFile(join(directory, 'large'), 'x'.repeat(11))
  const told: unknown[] = []
  const source = directorySource(directory, { maxSize: 10, leftOut: (file) => told.push(file) })
  const [plan = '', ...others] = await source.plan()
  await source.plan()
  expect(others).toEqual([])
  expect((await source.artifacts(plan)).map(({ name }) => name)).toEqual(['other/same.txt', 'same.txt'])
  expect(told).toEqual([{ path: join(directory, 'large'), reason: 'larger than 10 bytes' }])
})
