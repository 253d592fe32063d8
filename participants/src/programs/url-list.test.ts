import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TruthDatabase } from '../arbiter/truth-database.ts'

let directory: string
let list: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'url-list-'))
  list = join(directory, 'urls.txt')
  writeFileSync(list, 'https://bad.example/ malicious\nhttps://good.example/ benign\n')
})

afterEach(() => rmSync(directory, { recursive: true }))

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const script = fileURLToPath(new URL(`../../dist/bin/${program}.js`, import.meta.url))
  return spawnSync(process.execPath, [script, ...args], {
    cwd: directory,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
}

describe('the list of URLs', () => {
  it('is what the ambassador needs to post URLs, as a flag or as a variable', () => {
    const without = run('ambassador', ['--backend', 'urls'])
    expect(without.stderr).toBe('ambassador: --url-list: the urls backend needs it.\n')
    expect(without.status).toBe(1)
    // The next thing that it misses is its key.
    for (const { stderr } of [
      run('ambassador', ['--backend', 'urls', '--url-list', list]),
      run('ambassador', [], { BACKEND: 'urls', URL_LIST: list }),
    ]) {
      expect(stderr).not.toContain('--url-list')
      expect(stderr).toMatch(/keyfile|keystore/)
    }
  })

  it('is enough for a truth database, whose directories are then not looked for', () => {
    const output = join(directory, 'truth.db')
    for (const { stdout } of [
      run('verbatimdbgen', ['--url-list', list, '--output', output]),
      run('verbatimdbgen', ['--output', output], { URL_LIST: list }),
    ]) {
      expect(stdout).toBe(`${output}: 1 malicious and 1 benign artifacts\n`)
    }
    const database = TruthDatabase.open(output)
    expect(database.lookUp(createHash('sha256').update('https://bad.example/').digest('hex'))).toBe('malicious')
    database.close()
    expect(run('verbatimdbgen', ['--output', output]).stderr).toContain('artifacts/malicious')
  })
})
