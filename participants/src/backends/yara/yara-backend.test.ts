import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

let directory: string
let backend: YaraBackend

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yara-'))
})

afterEach(async () => {
  await backend.teardown()
  await rm(directory, { recursive: true })
})

describe('the yara backend', () => {
  it('with its own rules finds EICAR anywhere, and nothing in a harmless text', async () => {
    backend = new YaraBackend()
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
  })

  it('names the rule file that does not compile', async () => {
    await writeFile(join(directory, 'fine.yar'), 'rule A { condition: true }')
    await writeFile(join(directory, 'broken.yar'), 'rule B { nonsense }')
    backend = new YaraBackend(directory)
    await expect(backend.setup()).rejects.toThrow(/broken\.yar: .*syntax error/)
  })

  it('refuses a directory without rules', async () => {
    backend = new YaraBackend(directory)
    await expect(backend.setup()).rejects.toThrow(/no rules/)
  })

  it('ends a scan that runs past its deadline, and scans the next artifact', async () => {
    const forever = 'for all i in (0..filesize) : (for all j in (0..filesize) : (uint8(i) ^ uint8(j) < 256))'
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
    await vi.waitFor(async () => expect(await backend.analyze(request('two'))).toMatchObject({ family: 'Second' }))

    await writeFile(file, 'rule First { nonsense }')
    await vi.waitFor(async () => {
      await backend.analyze(request('x'))
      expect(warnings.join()).toMatch(/rules\.yar: .*syntax error/)
    })
    expect(await backend.analyze(request('one'))).toMatchObject({ family: 'First' })

    await writeFile(file, rule('Third', 'three'))
    await vi.waitFor(async () => expect(await backend.analyze(request('three'))).toMatchObject({ family: 'Third' }))
    expect(await backend.analyze(request('one'))).toMatchObject({ outcome: 'benign' })
    expect(warnings).toHaveLength(1)
  })
})
