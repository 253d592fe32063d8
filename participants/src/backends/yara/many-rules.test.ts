import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Finding } from '../../findings/finding.ts'
import { YaraBackend } from './yara-backend.ts'

/** As many as the largest public sets have, where there is time for it. */
const RULES = process.env.CI === 'true' ? 12_000 : 3_000
const IN_FILE = 100
/** Milliseconds for an artifact: what an engine gives a backend by default. */
const LIMIT = 30_000
const QUICK = 30

let directory: string
let backend: YaraBackend

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'many-rules-'))
  for (let first = 0; first < RULES; first += IN_FILE) {
    const rules = Array.from({ length: IN_FILE - 1 }, (_, i) => generated(first + i))
    // All files have a rule of the same name.
    const same = `rule Same { strings: $a = "same-${first}-" condition: $a }`
    await writeFile(join(directory, `${first}.yar`), [same, ...rules].join('\n'))
  }
  const forever = 'for all i in (0..filesize - 1) : (for all j in (0..filesize - 1) : (uint8(i) ^ uint8(j) < 256))'
  await writeFile(join(directory, 'slow.yar'), `rule Slow { condition: uint32(0) == 0x776f6c73 and ${forever} }`)
  backend = new YaraBackend(directory, { scanners: 2 })
})

afterEach(async () => {
  await backend.teardown()
  await rm(directory, { recursive: true })
})

/** Of the kind that programs write from malware. */
function generated(index: number): string {
  return `rule Generated_${index} {
  meta: family = "Family.${index}"
  strings:
    $text = "text-${index}-of-malware"
    $wide = "wide-${index}-of-it" wide ascii nocase
    $bytes = { ${Buffer.from(`b${index}`).toString('hex')} ?? 90 90 ${index.toString(16).padStart(4, '0')} }
    $pattern = /name${index}[0-9]{2,5}end/
  condition: any of them
}`
}

function scan(text: string | Uint8Array, signal: AbortSignal): Promise<Finding> {
  return backend.analyze({ content: new Uint8Array(Buffer.from(text)), artifactType: 'file', metadata: {}, signal })
}

it(`with ${RULES} rules answers each artifact in its time, and loses only what a rule is slow on`, {
  timeout: 600_000,
}, async () => {
  await backend.setup()
  const last = RULES - IN_FILE
  for (let round = 0; round < 2; round++) {
    const limit = new AbortController()
    let isOver = false
    const slow = scan(Buffer.concat([Buffer.from('slow'), Buffer.alloc(500_000)]), limit.signal).finally(() => {
      isOver = true
    })
    slow.catch(() => undefined)
    const quick = async (): Promise<void> => {
      for (let i = 0; i < QUICK; i++) {
        const index = Math.floor((i * (RULES - IN_FILE)) / QUICK / IN_FILE) * IN_FILE
        const found = await scan(`text-${index}-of-malware same-${last}-`, AbortSignal.timeout(LIMIT))
        expect(found).toMatchObject({ outcome: 'malicious' })
        expect((found.metadata?.rules as string[] | undefined)?.toSorted()).toEqual([`Generated_${index}`, 'Same'])
        expect(await scan('nothing of it', AbortSignal.timeout(LIMIT))).toMatchObject({ outcome: 'benign' })
      }
    }
    // Beside the slow one, and while its process is replaced.
    await quick()
    expect(isOver).toBe(false)
    limit.abort(new Error('too late'))
    await expect(slow).rejects.toThrow('too late')
    await quick()
  }
})
