import { createRequire, stripTypeScriptTypes } from 'node:module'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { ROOT, type SourceFile, sourceFiles } from './support/source-files.ts'

/*
 * The examples in the documentation are run as they stand: TypeScript that imports the packages by name, with lines of
 * the form `expression // => value`.
 */
interface Example {
  path: string
  line: number
  code: string
}

/** One line of an example whose value is given. */
interface Outcome {
  line: string
  actual: unknown
  expected: unknown
}

const EXPECTATION = /^(?<expression>\S.*?);?\s*\/\/ => (?<value>.+)$/

function examplesOf({ path, text }: SourceFile): Example[] {
  const comments = text.matchAll(/\/\*\*[\s\S]*?\*\//g)
  return [...comments].flatMap((comment) => {
    const lines = comment[0].split('\n').map((line) => line.replace(/^\s*\*? ?/, ''))
    const first = text.slice(0, comment.index).split('\n').length
    const examples: Example[] = []
    for (let at = lines.findIndex((line) => line.startsWith('@example')); at >= 0 && at < lines.length; at++) {
      if (lines[at]?.trim() !== '```ts') continue
      const end = lines.findIndex((line, index) => index > at && line.trim() === '```')
      if (end < 0) throw new Error(`${path}:${first + at}: the example has no end`)
      examples.push({ path, line: first + at, code: lines.slice(at + 1, end).join('\n') })
      at = end
    }
    return examples
  })
}

const require = createRequire(import.meta.url)
const locate = (_statement: string, before: string, name: string) =>
  `${before}'${name.startsWith('node:') ? name : pathToFileURL(require.resolve(name)).href}'`

async function run({ code }: Example): Promise<Outcome[]> {
  const checked = code.split('\n').map((line) => {
    const { expression, value } = EXPECTATION.exec(line)?.groups ?? {}
    if (expression === undefined) return line
    return `outcomes.push({ line: ${JSON.stringify(line)}, actual: (${expression}), expected: (${value}) })`
  })
  const typescript = ['export const outcomes: unknown[] = []', ...checked].join('\n')
  const imports = /(\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g
  const javascript = stripTypeScriptTypes(typescript, { mode: 'strip' }).replace(imports, locate)
  const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(javascript)}`)
  return module.outcomes
}

const examples = sourceFiles().flatMap(examplesOf)

test('there are examples to run', () => {
  expect(new Set(examples.map(({ path }) => path.split('/')[0]))).toContain('protocol')
  expect(examples.length).toBeGreaterThan(10)
})

test.each(examples)('$path:$line', async (example) => {
  for (const { line, actual, expected } of await run(example)) expect(actual, line).toEqual(expected)
})

test('an example that throws, differs or cannot be read fails', async () => {
  const example = (code: string) => run({ path: `${ROOT}made-up.ts`, line: 1, code })
  const imported = "import { formatNct, type Guid } from '@polyswarm/protocol'"
  expect(await example(`${imported}\nformatNct(1n) // => '1'`)).toEqual([
    { line: "formatNct(1n) // => '1'", actual: '0.000000000000000001', expected: '1' },
  ])
  await expect(example("import { parseNct } from '@polyswarm/protocol'\nparseNct('x') // => 1n")).rejects.toThrow('"x"')
  await expect(example('undefinedName()')).rejects.toThrow(ReferenceError)
  await expect(example('const (')).rejects.toThrow()
  const comment = '/**\n * @example\n * ```ts\n * 1 + 1 // => 2\n * ```\n */'
  expect(examplesOf({ workspace: 'made-up', path: 'made-up.ts', text: comment })).toEqual([
    { path: 'made-up.ts', line: 3, code: '1 + 1 // => 2' },
  ])
})
