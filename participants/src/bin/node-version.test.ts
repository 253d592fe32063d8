import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startOnSupportedNode } from './node-version.ts'

const SYSTEM_NODE = '/usr/bin/node'
const isOld =
  existsSync(SYSTEM_NODE) &&
  Number.parseInt(execFileSync(SYSTEM_NODE, ['--version'], { encoding: 'utf8' }).slice(1), 10) < 24

describe('on a Node that is too old', () => {
  it('nothing is loaded, and one sentence says what to do', async () => {
    let loaded = false
    const said: string[] = []
    const write = process.stderr.write
    process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0
    await startOnSupportedNode(async () => (loaded = true), '22.99.0').finally(() => {
      process.stderr.write = write
    })
    process.exitCode = undefined
    expect(loaded).toBe(false)
    expect(said).toEqual(['This program needs Node 24 or newer, and this is Node 22.99.0: install a newer one.\n'])
  })

  const programs = ['microengine', 'ambassador', 'arbiter', 'liveness', 'verbatimdbgen']
  // Only a machine that has such a Node can show it with the programs themselves.
  const shown = isOld ? programs : []
  it.for(shown)('%s ends with status 1', (program) => {
    const script = fileURLToPath(new URL(`../../dist/bin/${program}.js`, import.meta.url))
    const { status, stderr } = spawnSync(SYSTEM_NODE, [script, '--help'], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^This program needs Node 24 or newer, and this is Node [\d.]+: install a newer one\.\n$/)
  })
})
