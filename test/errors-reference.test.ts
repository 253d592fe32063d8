import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ROOT, type SourceFile, sourceFiles } from './support/source-files.ts'

/*
 * docs/reference/errors.md and the error classes say the same: every code once, with the status and whether trying again
 * can help. The classes are read from their source, as most need data to be made.
 */
const DEFAULT_STATUS = '400'

/** What a program or a person has to know of an error code. */
interface Entry {
  code: string
  workspace: string
  status: string
  retryable: boolean
}

interface ErrorClass extends Omit<Entry, 'code'> {
  name: string
  codes: { code: string; status?: string }[]
}

/** The classes of all sources that descend from PolySwarmError, however far. */
function errorClasses(files: readonly SourceFile[]): ErrorClass[] {
  const found: ErrorClass[] = []
  const declarations = files.flatMap(({ workspace, text }) =>
    [...text.matchAll(/^(?:export )?(abstract )?class (\w+) extends (\w+)[^{]*\{([\s\S]*?)^\}/gm)].map(
      ([, abstract, name = '', parent = '', body = '']) => ({ workspace, text, abstract, name, parent, body }),
    ),
  )
  const visit = (parentName: string, inherited: ErrorClass) => {
    for (const { workspace, text, abstract, name, parent, body } of declarations) {
      if (parent !== parentName) continue
      const own = /readonly code = '(\w+)'/.exec(body)?.[1]
      const fixed = /readonly status = (\d{3})/.exec(body)?.[1]
      const varies = /readonly status: number/.test(body) ? 'varies' : undefined
      const entry: ErrorClass = {
        name: `${workspace}/${name}`,
        workspace,
        status: fixed ?? varies ?? inherited.status,
        retryable:
          /readonly retryable = true/.test(body) || (inherited.retryable && !/readonly retryable = false/.test(body)),
        codes: own ? [{ code: own }] : /readonly code: /.test(body) ? codesOfTable(text) : inherited.codes,
      }
      if (!abstract) found.push(entry)
      visit(name, entry)
    }
  }
  visit('PolySwarmError', { name: '', workspace: '', status: DEFAULT_STATUS, retryable: false, codes: [] })
  return found
}

/** One class that stands for many codes lists them as `CODE: [status, …`. */
function codesOfTable(text: string): ErrorClass['codes'] {
  return [...text.matchAll(/^\s+([A-Z][A-Z0-9_]+): \[(\d{3}),/gm)].map(([, code = '', status = '']) => ({
    code,
    status,
  }))
}

/** Headings of the page, each followed by a line such as "HTTP 404. Not retryable." and by what to do. */
function documented(markdown: string): (Entry & { advice: string })[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) =>
      section
        .split(/^### /m)
        .slice(1)
        .map((part) => {
          const [code = '', facts = '', advice = ''] = part
            .split(/\n{2,}/)
            .map((text) => text.trim().replaceAll('\n', ' '))
          const [, status, retryable] = /^(?:HTTP (\d{3}|varies)\. )?(Retryable|Not retryable)\.$/.exec(facts) ?? []
          const workspace = section.split('\n', 1)[0] ?? ''
          return {
            code,
            workspace,
            status: status ?? DEFAULT_STATUS,
            retryable: retryable === 'Retryable',
            advice: retryable ? advice : '',
          }
        }),
    )
}

const classes = errorClasses(sourceFiles())
const inCode = classes.flatMap(({ codes, workspace, status, retryable }) =>
  codes.map((of): Entry => ({ code: of.code, workspace, status: of.status ?? status, retryable })),
)
const onPage = documented(readFileSync(`${ROOT}/docs/reference/errors.md`, 'utf8'))

const line = ({ workspace, code, status, retryable }: Entry) =>
  `${workspace} ${code} ${status} ${retryable ? 'retryable' : 'not retryable'}`

test('every error class has a code in capitals', () => {
  expect(classes.filter(({ codes }) => codes.length === 0).map(({ name }) => name)).toEqual([])
  expect(inCode.length).toBeGreaterThan(40)
  for (const { code } of inCode) expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/)
})

test('no two classes share a code', () => {
  const holders = Map.groupBy(
    classes.flatMap(({ name, codes }) => codes.map(({ code }) => ({ code, name }))),
    ({ code }) => code,
  )
  const shared = [...holders]
    .filter(([, of]) => of.length > 1)
    .map(([code, of]) => `${code}: ${of.map(({ name }) => name).join(', ')}`)
  expect(shared).toEqual([])
})

test('the page and the code say the same of every error', () => {
  expect(onPage.map(line).sort()).toEqual(inCode.map(line).sort())
})

test('the page says of every error what to do', () => {
  for (const { code, advice } of onPage) expect(advice, code).toMatch(/^([A-Z`]|polyswarmd ).{20,}\.$/)
})

test('a class is found through its parents, with what it inherits and what it overrides', () => {
  const text = `
export class BusyError extends PolySwarmError {
  readonly code: string = 'IGNORED'
  override readonly retryable = true
  override readonly status = 503
}
export class VeryBusyError extends BusyError {
  override readonly code = 'VERY_BUSY'
}
class PrivateError extends Error {}
`
  const found = errorClasses([{ workspace: 'made-up', path: 'made-up/src/errors.ts', text }])
  expect(found.map(({ name }) => name)).toEqual(['made-up/BusyError', 'made-up/VeryBusyError'])
  expect(found[1]).toMatchObject({ codes: [{ code: 'VERY_BUSY' }], status: '503', retryable: true })
})
