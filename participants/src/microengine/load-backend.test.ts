import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newGuid } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { BackendError } from '../errors.ts'
import { loadMicroengine } from './load-backend.ts'
import type { Microengine } from './microengine.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'backends-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

async function file(name: string, source: string): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, source)
  return path
}

function scan(engine: Microengine, content: Uint8Array) {
  const { signal } = new AbortController()
  return engine.scan({ guid: newGuid(), index: 0, content, artifactType: 'file', metadata: {}, signal })
}

const harmless = new Uint8Array(Buffer.from('hello'))

describe('loadMicroengine', () => {
  it('knows the shipped backends by name', async () => {
    const eicar = await loadMicroengine(['eicar'], {})
    expect(eicar.artifactTypes).toEqual(['file'])
    expect((await loadMicroengine(['url'], {})).artifactTypes).toEqual(['url'])
    expect(await scan(eicar, eicarTestFile())).toMatchObject({ outcome: 'malicious', family: 'EICAR-Test-File' })
    expect(await scan(eicar, harmless)).toMatchObject({ outcome: 'benign' })
    expect(await scan(await loadMicroengine(['scratch'], {}), eicarTestFile())).toMatchObject({ outcome: 'abstain' })
    const contrarian = await loadMicroengine(['contrarian'], {})
    expect(await scan(contrarian, eicarTestFile())).toMatchObject({ outcome: 'benign' })
    expect(await scan(contrarian, eicarTestFile())).toEqual(await scan(contrarian, eicarTestFile()))
  })

  it('takes a class, keeping what it overrides', async () => {
    const path = await file(
      'engine.mjs',
      `import { Microengine } from ${JSON.stringify(new URL('./microengine.ts', import.meta.url).href)}
       export default class Mine extends Microengine {
         async scan() { return { outcome: 'malicious', confidence: 1 } }
         async bid() { return [42n] }
       }`,
    )
    const engine = await loadMicroengine([path], { strategy: 'conservative' })
    expect(engine.name).toBe('Mine')
    expect(await scan(engine, harmless)).toMatchObject({ outcome: 'malicious' })
    const request = {
      guid: newGuid(),
      findings: [],
      range: { minimum: 1n, maximum: 2n },
      reward: 0n,
      rivalBids: [],
      history: [],
      assertionFee: 0n,
      available: 0n,
    }
    expect(await engine.bid(request)).toEqual([42n])
  })

  it('combines several, of which one may be a backend in a file', async () => {
    const path = await file(
      'backend.mjs',
      `export default {
         name: 'always', versions: {}, async setup() {}, async teardown() {},
         async analyze() { return { outcome: 'malicious', confidence: 0.5, family: 'Always' } },
       }`,
    )
    const engine = await loadMicroengine(['eicar', path], { distillation: 'any' })
    expect(engine.name).toBe('eicar+always')
    expect(await scan(engine, harmless)).toMatchObject({ outcome: 'malicious', confidence: 0.5, family: 'Always' })
    expect((await scan(await loadMicroengine(['eicar', path], { distillation: 'unanimous' }), harmless)).outcome).toBe(
      'unknown',
    )
  })

  it.each([
    ['what is nowhere', 'nowhere.ts', undefined],
    ['a name of every object', 'constructor', undefined],
    ['a file without default export', 'none.mjs', 'export const a = 1'],
    ['a file that does not load', 'broken.mjs', 'this is no program'],
  ])('refuses %s', async (_name, name, source) => {
    const path = source === undefined ? name : await file(name, source)
    await expect(loadMicroengine([path], {})).rejects.toThrow(BackendError)
  })
})
