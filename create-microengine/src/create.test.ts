import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { ROOT } from '../../test/support/markdown.ts'
import { create } from './create.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'create-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** A terminal on which the given lines are typed, one at each question. */
function typing(...answers: string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const output = Object.assign(new PassThrough(), { isTTY: true })
  let shown = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    if (!/[?] \([^)]*\) $/.test(text)) return
    const answer = answers.shift()
    if (answer === undefined) input.end()
    else input.write(`${answer}\n`)
  })
  return { input, output, shown: () => shown }
}

const manifestOf = (directory: string) => JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))

describe('on a terminal', () => {
  it('asks three questions, and again where the answer cannot be', async () => {
    const terminal = typing('../up', 'my-scanner', '3', 'url')
    await create([join(folder, 'place'), '--bid', 'growth'], terminal)
    expect(terminal.shown().match(/[?] \(/g)).toHaveLength(4)
    expect(terminal.shown()).toContain('"../up" cannot be the name of an engine')
    expect(manifestOf(join(folder, 'place')).name).toBe('my-scanner')
    const engine = readFileSync(join(folder, 'place/src/engine.ts'), 'utf8')
    expect(engine).toContain("name: 'my-scanner'")
    expect(engine).toContain("bidsFor('growth', request")
    expect(engine).toContain('HttpBackend')
    expect(engine).toContain("artifacts: ['url']")
    expect(engine).not.toContain('only:')
  })

  it('takes an empty answer for the default, and does not ask what a flag says', async () => {
    const terminal = typing('', '')
    await create([join(folder, 'first'), '--backend', 'command'], terminal)
    expect(manifestOf(join(folder, 'first')).name).toBe('first')
    expect(readdirSync(join(folder, 'first'))).toContain('scanner')
  })

  it('does not ask what YARA rules judge, and takes no URLs for them', async () => {
    const rules = typing('rules', 'yara')
    await create([join(folder, 'rules')], rules)
    expect(rules.shown()).not.toContain('What does it judge?')
    expect(readFileSync(join(folder, 'rules/src/engine.ts'), 'utf8')).toContain("artifacts: ['file']")
    const urls = typing('urls', '4', 'function')
    await create([join(folder, 'urls'), '--artifacts', 'url'], urls)
    expect(urls.shown()).toContain('YARA rules judge files: for URLs choose another backend.')
    expect(readFileSync(join(folder, 'urls/src/engine.ts'), 'utf8')).toContain("artifacts: ['url']")
  })

  it('makes nothing when the person leaves', async () => {
    await expect(create([join(folder, 'left')], typing('left'))).rejects.toThrow('Nothing was made.')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('without a terminal', () => {
  const none = () => ({ input: new PassThrough(), output: new PassThrough() })

  it('names the flags that are missing', async () => {
    await expect(create([join(folder, 'e'), '--bid', 'default'], none())).rejects.toThrow(
      'There is no terminal to ask on: give --name, --backend, --artifacts, or --yes for the defaults.',
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('never writes where something is', async () => {
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full/diary.txt'), 'dear diary')
    await expect(create([join(folder, 'full'), '--yes'], none())).rejects.toThrow('holds "diary.txt"')
    writeFileSync(join(folder, 'file'), '')
    await expect(create([join(folder, 'file'), '--yes'], none())).rejects.toThrow('cannot be used')
    expect(readdirSync(folder).sort()).toEqual(['file', 'full'])
    expect(readdirSync(join(folder, 'full'))).toEqual(['diary.txt'])
  })

  it('takes an empty directory, and a new one below others that are new', async () => {
    mkdirSync(join(folder, 'empty'))
    await create([join(folder, 'empty'), '--yes'], none())
    await create([join(folder, 'a/b/c'), '--yes'], none())
    expect(readdirSync(folder).sort()).toEqual(['a', 'empty'])
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['c'])
  })

  it('leaves nothing behind when it fails on the way', async () => {
    mkdirSync(join(folder, 'tarballs'))
    const args = [join(folder, 'e'), '--yes', '--packages', join(folder, 'tarballs')]
    await expect(create(args, none())).rejects.toThrow('lacks polyswarm-contracts-')
    expect(readdirSync(folder)).toEqual(['tarballs'])
  })

  it.each([
    '',
    '..',
    'a/b',
    '.hidden',
    'Upper',
    'x'.repeat(41),
    'with space',
    '$(id)',
    'a"b',
    'arbiter',
    'eicar',
    '@a/b',
  ])('refuses the name %j', async (name) => {
    await expect(create([join(folder, 'e'), '--yes', '--name', name], none())).rejects.toThrow(/name/)
    expect(readdirSync(folder)).toEqual([])
  })

  it('says what can be chosen, and what it does not know', async () => {
    const make = (...args: string[]) => create([join(folder, 'e'), '--yes', ...args], none())
    await expect(make('--backend', 'toString')).rejects.toThrow('choose from function, command, http, yara')
    await expect(make('--bid', 'all')).rejects.toThrow('choose from default')
    await expect(make('--artifacts', 'mail')).rejects.toThrow('choose from file, url')
    await expect(make('--artifacts', 'url', '--backend', 'yara')).rejects.toThrow('YARA rules judge files')
    expect(readdirSync(folder)).toEqual([])
    await expect(make('--colour')).rejects.toThrow('--colour')
    await expect(make('another')).rejects.toThrow('"another" is one directory too many.')
  })
})

test('all packages have the version that a project asks for', () => {
  const versions = [
    'contracts',
    'protocol',
    'polyswarmd',
    'participants',
    'consumer',
    'devnet',
    'create-microengine',
  ].map((workspace) => manifestOf(join(ROOT, workspace)).version)
  expect(new Set(versions).size).toBe(1)
})

test('a project is developed with the tools that this repository is', async () => {
  await create([join(folder, 'e'), '--yes'], { input: new PassThrough(), output: new PassThrough() })
  const { devDependencies } = manifestOf(ROOT)
  const made = manifestOf(join(folder, 'e')).devDependencies
  for (const tool of ['node', 'typescript', '@types/node']) expect(made[tool]).toBe(devDependencies[tool])
})
