import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../../dist/bin/microengine.js', import.meta.url))

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'check-'))
})

afterEach(() => rm(directory, { recursive: true }))

async function check(): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, 'check', '--backend', 'yara', '--rules', directory])
  child.stdout.setEncoding('utf8')
  const [output] = await Promise.all([child.stdout.toArray(), once(child, 'close')])
  return output.join('')
}

it('notes rules that convict what is harmless, those in use, and those that cannot be used', {
  timeout: 240_000,
}, async () => {
  await writeFile(join(directory, 'all.yar'), 'rule Every { condition: true }')
  await writeFile(join(directory, 'bad.yar'), '\n\nrule Bad { nonsense }')
  const said = await check()
  expect(said).toMatch(/^note: harmless text is called malicious$/m)
  expect(said).toMatch(/^note: an empty file is called malicious$/m)
  expect(said).toMatch(/^note: 1 YARA rule of 1 file in use, from .*, without 1 file that cannot be used$/m)
  expect(said.match(/^warning: rules are not used: .*bad\.yar:3: syntax error/gm)).toHaveLength(1)
  expect(said).not.toMatch(/EICAR is not called/)
})
