import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from './support/source-files.ts'

/** Folders whose sub-folders are steps of their own. */
const DIVIDED = ['backends', 'runtime']

const IMPORT = /\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)\.js'/g

/** The step that a source of participants belongs to; undefined for what lies at the top and belongs to none. */
function stepOf(path: string): string | undefined {
  const [first = '', second = '', ...rest] = path.split('/').slice(2)
  if (second === '') return undefined
  return DIVIDED.includes(first) && rest.length > 0 ? `${first}/${second}` : first
}

/** The steps that each step imports, with one of the files that do. */
function importsOf(files: readonly { path: string; text: string }[]): Map<string, string> {
  const imports = new Map<string, string>()
  for (const { path, text } of files) {
    for (const [, specifier = ''] of text.matchAll(IMPORT)) {
      const [from, to] = [stepOf(path), stepOf(normalize(join(dirname(path), specifier)))]
      if (from !== undefined && to !== undefined && from !== to) imports.set(`${from} → ${to}`, path)
    }
  }
  return imports
}

function mutual(imports: ReadonlyMap<string, string>): string[] {
  return [...imports.keys()].filter((pair) => imports.has(pair.split(' → ').reverse().join(' → ')))
}

test('no two folders of participants import each other', () => {
  const files = sourceFiles().filter(
    ({ workspace, path }) => workspace === 'participants' && !path.includes('.fixture.'),
  )
  const imports = importsOf(files)
  expect(imports.size).toBeGreaterThan(50)
  expect(mutual(imports).map((pair) => `${pair}: ${imports.get(pair)}`)).toEqual([])
})

test('two that do are noticed, whichever way they import', () => {
  const at = (path: string, text: string) => ({ path: `participants/src/${path}`, text })
  const files = [
    at('staking/bids.ts', "import type { Finding } from '../runtime/journal/finding.js'"),
    at('runtime/journal/book.ts', "const staking = await import('../../staking/bids.js')"),
    at('runtime/market/pin.ts', "export { Journal } from '../journal/book.js'"),
    at('errors.ts', "import '../src/runtime/market/pin.js'"),
  ]
  expect(mutual(importsOf(files))).toEqual(['staking → runtime/journal', 'runtime/journal → staking'])
})
