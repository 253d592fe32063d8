import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingProgram } from '../polyswarmd/test/missing-program.ts'
import { ROOT } from './support/markdown.ts'

const page = readFileSync(join(ROOT, 'docs/operators/services.md'), 'utf8')
const units = [...page.matchAll(/^`\/etc\/systemd\/system\/([\w@.]+)`.*?^```ini\n(.*?)^```/gms)]

test('there are units for the daemon and for participants', () => {
  expect(units.map(([, name]) => name)).toEqual(['polyswarmd.service', 'polyswarm@.service'])
})

const skipped = missingProgram('systemd-analyze', 'apt-get install systemd')
test.each(units.map(([, name = '', text = '']) => [name, text]))(
  `systemd finds nothing wrong with %s${skipped}`,
  (name, text) => {
    if (skipped !== '') return
    const directory = mkdtempSync(join(tmpdir(), 'units-'))
    try {
      // Neither the programs nor their settings are on this machine.
      const here = text
        .replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true')
        .replace(/^(Wants|After)=polyswarmd.service\n/gm, '')
      const file = join(directory, name.replace('@.', '@arbiter.'))
      writeFileSync(file, here)
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
        encoding: 'utf8',
      })
      const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes(name.split(/[@.]/)[0] ?? ''))
      expect({ status, ours }).toEqual({ status: 0, ours: [] })
    } finally {
      rmSync(directory, { recursive: true })
    }
  },
)
