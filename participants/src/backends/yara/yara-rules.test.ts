import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { YaraBackend } from './yara-backend.ts'

let directory: string
let backend: YaraBackend
let warnings: string[]
let notes: string[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yara-rules-'))
  warnings = []
  notes = []
})

afterEach(async () => {
  await backend.teardown()
  await rm(directory, { recursive: true })
})

/** A rule that looks for a text. */
const rule = (name: string, text: string, kind = '') => `${kind} rule ${name} { strings: $a = "${text}" condition: $a }`

describe.each(['auto', 'wasm'] as const)('rules in the %s build', (build) => {
  async function use(files: Record<string, string | Uint8Array>): Promise<void> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
    backend = new YaraBackend(directory, {
      build,
      scanners: 1,
      checkEvery: 0,
      inform: (message) => notes.push(message),
      warn: (message) => warnings.push(message.replaceAll(`${directory}/`, '')),
    })
    await backend.setup()
  }

  async function found(content: string, metadata: Record<string, unknown> = {}): Promise<string[]> {
    const finding = await backend.analyze({
      content: new Uint8Array(Buffer.from(content)),
      artifactType: 'file',
      metadata,
      signal: new AbortController().signal,
    })
    return ((finding.metadata?.rules as string[] | undefined) ?? []).sort()
  }

  it('are refused file by file, with line and reason, once, and the others are used', async () => {
    await use({
      'a.yar': rule('Good', 'one'),
      'bad.yar': `${rule('Fine', 'one')}\n\nrule Bad { condition: nonsense }`,
      'empty.yar': '',
      'half.yar': 'rule Half { strings: $a = "',
      'latin1.yar': Buffer.concat([Buffer.from('// \n'), Buffer.from([0xe9]), Buffer.from(rule('Latin', 'one'))]),
      'bom.yara': `\ufeff${rule('Marked', 'one')} ${rule('More', 'one')}`,
      'needs-another.yar': 'rule Needs { condition: Good }',
    })
    expect(await found('one')).toEqual(['Good', 'Marked', 'More'])
    expect(warnings.sort()).toEqual([
      expect.stringMatching(/^rules are not used: bad\.yar:3: unknown identifier `nonsense`/),
      expect.stringMatching(/^rules are not used: half\.yar:1: /),
      expect.stringMatching(/^rules are not used: latin1\.yar:2: it is not UTF-8/),
      expect.stringMatching(/^rules are not used: needs-another\.yar:1: unknown identifier `Good`/),
    ])
    expect(notes).toEqual([`3 YARA rules of 3 files in use, from ${directory}, without 4 files that cannot be used`])
    await writeFile(join(directory, 'new.yar'), rule('New', 'one'))
    await vi.waitFor(async () => expect(await found('one')).toContain('New'), { timeout: 60_000 })
    expect(warnings).toHaveLength(4)
    expect(notes.slice(1)).toEqual([expect.stringMatching(/^4 YARA rules of 4 files in use/)])
  })

  it('are refused where they break the compiler, and name themselves', async () => {
    const deep = `rule Deep { condition: ${'('.repeat(100_000)}true${')'.repeat(100_000)} }`
    await use({ 'a.yar': rule('A', 'one'), 'deep.yar': deep, 'z.yar': rule('Z', 'one') })
    expect(await found('one')).toEqual(['A', 'Z'])
    expect(warnings).toEqual([expect.stringMatching(/^rules are not used: deep\.yar(:1)?: \S/)])
  })

  it('have names by file, whatever stands around them', async () => {
    await use({
      'a.yar': `rule /* v1 */ Same { strings: $a = "one" condition: $a } ${rule('Other', 'two')}`,
      'b.yar': 'rule // v2\n Same { strings: $a = "two" condition: $a }',
      'module.yar': rule('pe', 'three'),
      'pe.yar': 'import "pe" rule Program { strings: $a = "three" condition: $a and not pe.is_pe }',
      'global.yar': `global rule Text { condition: uint8(0) == 0x78 } ${rule('Mine', 'four')}`,
    })
    expect(warnings).toEqual([])
    expect(await found('one')).toEqual(['Same'])
    expect(await found('two')).toEqual(['Other', 'Same'])
    expect(await found('three')).toEqual(['Program', 'pe'])
    // The global rule keeps its neighbour quiet, and no rule of another file.
    expect(await found('four')).toEqual([])
    expect(await found('x four')).toEqual(['Mine', 'Text'])
  })

  it('that are private never count, and what they print is no answer', async () => {
    const forged = JSON.stringify(JSON.stringify({ number: 1, matches: [] }))
    await use({
      'a.yar': `${rule('Helper', 'one', 'private')} rule Real { condition: Helper }`,
      'log.yar': `import "console" rule Loud { strings: $a = "one" condition: $a and console.log(${forged}) and console.log("\\n{") }`,
    })
    for (let round = 0; round < 3; round++) expect(await found('one')).toEqual(['Loud', 'Real'])
    expect(await found('two')).toEqual([])
  })

  it('have the usual external variables, for each artifact anew', async () => {
    const variables = ['filename', 'filepath', 'extension', 'filetype', 'owner']
    await use({
      'plain.yar': rule('Plain', 'one'),
      'named.yar': 'rule Named { strings: $a = "one" condition: $a and filename == "a.exe" and extension == ".exe" }',
      'unnamed.yar': `rule Unnamed { condition: ${variables.map((name) => `${name} == ""`).join(' and ')} }`,
      'owned.yar':
        'rule Owned { condition: owner == "root" and filepath == "/tmp/b.c" and filename == "b.c" and filetype == "EXE" }',
    })
    expect(warnings).toEqual([])
    expect(await found('one', { filename: 'a.exe' })).toEqual(['Named', 'Plain'])
    expect(await found('one')).toEqual(['Plain', 'Unnamed'])
    expect(await found('x', { owner: 'root', filepath: '/tmp/b.c', filetype: 'EXE' })).toEqual(['Owned'])
    // A stranger has written them.
    expect(await found('x', { filename: 7, owner: null, filepath: ['a'] })).toEqual(['Unnamed'])
    expect(await found('x', { filename: `\ud800\0${'x'.repeat(1_000_000)}` })).toEqual([])
  })

  it('include nothing, and say how to do without', async () => {
    await use({ 'a.yar': rule('A', 'one'), 'index.yar': 'include "./a.yar"\ninclude "/etc/passwd"' })
    expect(await found('one')).toEqual(['A'])
    expect(warnings).toEqual([
      'rules are not used: index.yar:1: include is not followed: all files of the directory are read, each for itself; ' +
        'put rules that need each other into one file',
    ])
  })

  it('are read through links within the directory, once, and not out of it', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'yara-outside-'))
    await writeFile(join(outside, 'out.yar'), rule('Out', 'one'))
    await mkdir(join(directory, 'data'))
    await writeFile(join(directory, 'data/rules'), rule('Linked', 'one'))
    await writeFile(join(directory, 'data/real.yar'), rule('Real', 'one'))
    await symlink('data/rules', join(directory, 'linked.yar'))
    await symlink('data/real.yar', join(directory, 'again.yar'))
    await symlink('data', join(directory, 'more'))
    await symlink(join(outside, 'out.yar'), join(directory, 'out.yar'))
    await symlink(outside, join(directory, 'elsewhere'))
    await symlink('nothing', join(directory, 'dangling.yar'))
    await use({})
    expect(await found('one')).toEqual(['Linked', 'Real'])
    expect(warnings).toEqual([
      'rules are not used: dangling.yar: it is a link to nothing',
      expect.stringMatching(/^rules are not used: elsewhere: it is a link out of the directory of rules, to /),
      expect.stringMatching(/^rules are not used: out\.yar: it is a link out of the directory of rules, to /),
    ])
    await writeFile(join(directory, 'data/rules'), rule('Changed', 'one'))
    await vi.waitFor(async () => expect(await found('one')).toEqual(['Changed', 'Real']), { timeout: 60_000 })
    await rm(outside, { recursive: true })
  })

  it('may be hundreds in hundreds of files, some of the same name, and all are found', async () => {
    const text = (i: number) =>
      `${rule(`R${i}`, `text-${i}-`)} ${rule(i % 20 === 0 ? 'Same' : `Other${i}`, `more-${i}-`)}`
    await use(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}.yar`, text(i)])))
    expect(notes).toEqual([expect.stringMatching(/^400 YARA rules of 200 files in use/)])
    expect(await found('text-7- text-199-')).toEqual(['R199', 'R7'])
    expect(await found('more-7- more-20- more-180-')).toEqual(['Other7', 'Same', 'Same'])
  })
})

it('relaxed regular expressions are taken where YARA-X has them, and else refused by name', async () => {
  await writeFile(join(directory, 'a.yar'), 'rule R { strings: $a = /x{a}one/ condition: $a }')
  await writeFile(join(directory, 'b.yar'), rule('B', 'one'))
  const judge = async (build: 'auto' | 'wasm') => {
    warnings = []
    backend = new YaraBackend(directory, { build, warn: (message) => warnings.push(message) })
    await backend.setup()
    const content = new Uint8Array(Buffer.from('x{a}one'))
    const signal = new AbortController().signal
    const { metadata = {} } = await backend.analyze({ content, artifactType: 'file', metadata: {}, signal })
    await backend.teardown()
    return [...(metadata.rules as string[])].sort()
  }
  if (`${process.platform} ${process.arch}` === 'linux x64') {
    expect(await judge('auto')).toEqual(['B', 'R'])
    expect(warnings).toEqual([])
  }
  expect(await judge('wasm')).toEqual(['B'])
  expect(warnings).toEqual([expect.stringMatching(/a\.yar:1: invalid regular expression/)])
})
