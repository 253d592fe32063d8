import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { missingProgram } from '../polyswarmd/test/missing-program.ts'
import { indentedBlock, ROOT } from './support/markdown.ts'

const config = indentedBlock(readFileSync(join(ROOT, 'docs/operators/services.md'), 'utf8'), '/var/log/polyswarm/')
const skipped = missingProgram('logrotate', 'apt-get install logrotate')

test(`logrotate takes the log of a program that runs, which writes on, with no line lost and no hole${skipped}`, async () => {
  if (skipped !== '') return
  const directory = mkdtempSync(join(tmpdir(), 'log-rotation-'))
  const log = join(directory, 'engine.log')
  const program = join(ROOT, 'participants/dist/bin/microengine.js')
  // It judges for a marketplace that never asks: what it says are its first line and its last.
  writeFileSync(join(directory, 'secret'), 'a secret')
  const args = ['serve-webhook', '--backend', 'eicar', '--secret-file', join(directory, 'secret'), '--port', '0']
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', openSync(log, 'a'), 'inherit'] })
  const ended = once(child, 'exit')
  try {
    while (statSync(log).size === 0 && child.exitCode === null) await delay(20)
    const before = readFileSync(log, 'utf8')
    const rules = join(directory, 'rules')
    writeFileSync(rules, config.replaceAll('/var/log/polyswarm', directory), { mode: 0o644 })
    const rotate = () =>
      spawnSync('logrotate', ['--force', '--state', join(directory, 'state'), rules], { encoding: 'utf8' })
    expect(rotate()).toMatchObject({ status: 0, stderr: '' })
    expect(statSync(log).size).toBe(0)
    child.kill('SIGTERM')
    await ended
    const after = readFileSync(log, 'utf8')
    expect(after).toMatch(/^\S.*\n$/s)
    expect(after).not.toContain('\0')
    expect(rotate()).toMatchObject({ status: 0, stderr: '' })
    const kept = readdirSync(directory)
      .filter((name) => name.endsWith('.gz'))
      .sort()
    expect(kept).toEqual(['engine.log.1.gz', 'engine.log.2.gz'])
    const texts = kept.map((name) => gunzipSync(readFileSync(join(directory, name))).toString())
    expect(texts).toEqual([after, before])
  } finally {
    child.kill('SIGKILL')
    await ended
    rmSync(directory, { recursive: true })
  }
})
