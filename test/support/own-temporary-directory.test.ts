import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeOrphans } from './own-temporary-directory.ts'

test('what a killed run has left is removed, that of a running one and of others is not', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'orphans-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  const { pid: ended } = spawnSync(process.execPath, ['-e', ''])
  const names = [`tests-${ended}-a1B2c3`, `tests-${process.pid}-a1B2c3`, 'tests-a1B2c3', `tests-${ended}`]
  for (const name of names) {
    mkdirSync(join(parent, name, 'market'), { recursive: true })
    writeFileSync(join(parent, name, 'market', 'chain.json'), '{}')
  }
  await removeOrphans(parent)
  expect(readdirSync(parent).sort()).toEqual(names.slice(1).sort())
})
